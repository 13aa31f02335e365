package mcp

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
)

//go:embed tools/*.graphql
var files embed.FS

// qrTool is the one tool that answers with a picture.
const qrTool = "payment_link_qr"

// builtIn returns the tools that are always there, by name. Each is the one
// operation of a file.
func (m maker) builtIn() ([]*tool, error) {
	names, err := fs.Glob(files, "tools/*.graphql")
	if err != nil {
		return nil, fmt.Errorf("mcp: list the tools: %w", err)
	}
	var tools []*tool
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("mcp: read a tool: %w", err)
		}
		doc, err := m.load(string(text))
		if err != nil {
			return nil, fmt.Errorf("mcp: %s: %w", name, err)
		}
		// Flat arguments are easier to fill in than an object in an object.
		isSpread := func(variable string) bool { return variable == "filter" || variable == "key" }
		t, err := m.make(string(text), doc.Operations[0], isSpread)
		if err != nil {
			return nil, fmt.Errorf("mcp: %s: %w", name, err)
		}
		if t.name == qrTool {
			t.image = []string{"link", "qrCode", "dataUri"}
			t.output.without(t.image)
		}
		tools = append(tools, t)
	}
	return tools, nil
}

// trusted returns the tools of trusted documents: of each operation that is
// described. It leaves out what cannot be one, and says so in the log.
func (m maker) trusted(documents []string, taken []*tool, logger *slog.Logger) []*tool {
	var tools []*tool
	isNamed := func(name string) func(*tool) bool { return func(t *tool) bool { return t.name == name } }
	for i, document := range documents {
		doc, err := m.load(document)
		if err != nil {
			logger.LogAttrs(context.Background(), slog.LevelWarn, "a trusted document is no tool: it is not valid against the schema", slog.Int("document", i+1))
			continue
		}
		for _, op := range doc.Operations {
			switch {
			case op.Description == "" || op.Name == "":
				continue
			case slices.ContainsFunc(taken, isNamed(op.Name)):
				logger.LogAttrs(context.Background(), slog.LevelWarn, "a trusted document is no tool: its name is taken", slog.String("tool", op.Name))
				continue
			}
			t, err := m.make(document, op, func(string) bool { return false })
			if err != nil {
				continue // a mutation: tools read
			}
			tools = append(slices.DeleteFunc(tools, isNamed(op.Name)), t)
		}
	}
	return tools
}

// without removes a property from a result's schema, by its path.
func (s *schema) without(path []string) {
	if len(path) > 1 {
		s.Properties[path[0]].without(path[1:])
		return
	}
	delete(s.Properties, path[0])
	s.Required = slices.DeleteFunc(s.Required, func(name string) bool { return name == path[0] })
}
