package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"paymentlinks/internal/bounded"
)

// maxConfigFileBytes is far more than all settings take.
const maxConfigFileBytes = 1 << 20

// configFileFlag names the settings file. It cannot stand in the file itself.
const configFileFlag = "config-file"

// fileSettings are what a settings file sets: values by flag.
//
//	fresh-for: 30s
//	allowed-origins: [https://app.example.com, https://shop.example.com]
type fileSettings struct {
	name   string
	values map[string]string
}

// readFileSettings reads the settings file that the command line or the
// environment names; without one it is empty. Its errors name a line or a key,
// and quote no value.
func readFileSettings(args []string, env map[string]string) (fileSettings, error) {
	s := fileSettings{name: env[variable(configFileFlag)]}
	for i, arg := range args {
		if name, ok := strings.CutPrefix(arg, "--"+configFileFlag); ok {
			if value, isOne := strings.CutPrefix(name, "="); isOne {
				s.name = value
			} else if name == "" && i+1 < len(args) {
				s.name = args[i+1]
			}
		}
	}
	if s.name == "" {
		return s, nil
	}
	content, err := bounded.ReadTextFile(s.name, maxConfigFileBytes)
	if err != nil {
		return s, problem(configFileFlag, "cannot be used: %w", err)
	}
	if s.values, err = parseSettings(content); err != nil {
		return s, problem(configFileFlag, "cannot be used: %w", err)
	}
	return s, nil
}

// parseSettings reads the file's content.
func parseSettings(content []byte) (map[string]string, error) {
	var read map[string]fileValue
	decoder := yaml.NewDecoder(bytes.NewReader(content), yaml.Strict())
	if err := decoder.Decode(&read); err != nil && !errors.Is(err, io.EOF) {
		return nil, placeOf(err)
	}
	if !errors.Is(decoder.Decode(&struct{}{}), io.EOF) {
		return nil, errors.New("it holds more than one YAML document")
	}
	values := make(map[string]string, len(read))
	for key, value := range read {
		if value != "" { // as an empty variable, it counts as absent
			values[key] = string(value)
		}
	}
	return values, nil
}

// placeOf keeps only the line of the library's error, whose text quotes the file.
func placeOf(err error) error {
	if located, ok := errors.AsType[yaml.Error](err); ok && located.GetToken() != nil && located.GetToken().Position != nil {
		return fmt.Errorf("it is not of the expected form at line %d", located.GetToken().Position.Line)
	}
	return errors.New("it is not of the expected form")
}

// unknownKeys reports the keys that are not settings, with the nearest that is.
func (s fileSettings) unknownKeys(settings []Setting, problems *problems) {
	for _, key := range slices.Sorted(maps.Keys(s.values)) {
		if key != configFileFlag && slices.ContainsFunc(settings, func(s Setting) bool { return s.Flag == key }) {
			continue
		}
		hint := ""
		if near := nearest(variable(key), settings); near != "" && near != variable(configFileFlag) {
			hint = ": perhaps " + flagOf(near) + " was meant"
		}
		problems.add(problem(configFileFlag, "has the key %q, which is not a setting%s", key, hint), key)
	}
}

// fileValue is a scalar as it is written, or a list of them joined by commas.
type fileValue string

// UnmarshalYAML takes scalars and lists of scalars.
func (v *fileValue) UnmarshalYAML(node ast.Node) error {
	list, isList := node.(*ast.SequenceNode)
	if !isList {
		text, err := scalar(node)
		*v = fileValue(text)
		return err
	}
	var parts []string
	for _, element := range list.Values {
		text, err := scalar(element)
		if err != nil {
			return err
		}
		parts = append(parts, text)
	}
	*v = fileValue(strings.Join(parts, ","))
	return nil
}

func scalar(node ast.Node) (string, error) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, nil
	case *ast.LiteralNode:
		return n.Value.Value, nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, nil
	case *ast.NullNode:
		return "", nil
	}
	return "", errors.New("not a scalar")
}
