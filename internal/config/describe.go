package config

import (
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// Setting describes one setting, for the documentation and for printing.
type Setting struct {
	// Flag is the flag's name without dashes, Env the variable's.
	Flag, Env string
	// Group is the heading that it stands under.
	Group string
	// Default is what counts when it is not set, as a person would write it.
	Default string
	// Unit is what it is counted in; empty where the value says it itself.
	Unit string
	// Min and Max are the smallest and the largest value, as they would be
	// written; empty for settings that are not counted. A Min of 0 means off.
	Min, Max string
	// Help is a sentence or two.
	Help string
	// Value is what is set, redacted.
	Value string
	// IsDefault reports that the default counts: nothing is set, or just that.
	IsDefault bool
}

// Settings lists all settings in the order of their documentation, with
// nothing set.
func Settings() ([]Setting, error) {
	var line commandLine
	parser, err := newParser(&line, &envResolver{}, io.Discard, io.Discard)
	if err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	if _, err := parser.Parse(nil); err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	return describe(parser.Model.Flags), nil
}

func describe(flags []*kong.Flag) []Setting {
	var settings []Setting
	for _, flag := range flags {
		if flag.Name == "help" {
			continue
		}
		value := printed(flag.Value)
		settings = append(settings, Setting{
			Flag: flag.Name, Env: variable(flag.Name), Group: flag.Group.Title, Default: defaultOf(flag.Value),
			Unit: unitOf(flag.Value), Min: flag.Tag.Get("min"), Max: flag.Tag.Get("max"),
			Help: flag.Help, Value: value,
			IsDefault: value == flag.Default || (!flag.HasDefault && flag.Target.IsZero()),
		})
	}
	return settings
}

// printed gives a value as its variable would be written, secrets redacted.
func printed(v *kong.Value) string {
	if f, ok := formats()[v.Tag.Type]; ok {
		return f.print(v.Target)
	}
	switch value := v.Target.Interface().(type) {
	case []string:
		return strings.Join(value, ",")
	case time.Duration:
		return trimmed(value)
	default:
		return fmt.Sprint(value)
	}
}

// trimmed prints 5m where time.Duration prints 5m0s.
func trimmed(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

func defaultOf(v *kong.Value) string {
	switch {
	case v.Tag.Has("shown"):
		return v.Tag.Get("shown")
	case v.HasDefault:
		return v.Default
	case v.IsBool():
		return "false"
	}
	return "none"
}

func unitOf(v *kong.Value) string {
	switch {
	case v.Target.Type() == reflect.TypeFor[time.Duration]():
		return "duration"
	case v.Tag.Type == asBytes || v.Tag.Type == asBytesLimit:
		return "bytes"
	}
	return v.Tag.Get("unit")
}

// helpText is a flag's line in --help: what it is, default, bounds and variable.
func helpText(v *kong.Value) string {
	if v.Flag == nil || v.Name == "help" {
		return v.Help
	}
	facts := "default " + defaultOf(v)
	if unit := v.Tag.Get("unit"); unit != "" {
		facts += " " + unit
	}
	if v.Tag.Has("min") {
		facts += fmt.Sprintf("; %s to %s", v.Tag.Get("min"), v.Tag.Get("max"))
	}
	if v.Tag.Get("min") == "0" {
		facts += ", 0: off"
	}
	return fmt.Sprintf("%s (%s; $%s)", v.Help, facts, variable(v.Name))
}
