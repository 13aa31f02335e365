package mcp

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// schema is a JSON schema (2020-12), as far as GraphQL's types need it. Its zero
// value lets anything in.
type schema struct {
	// Type is a name, or a list of two where null may stand, too.
	Type                 any                `json:"type,omitempty"`
	Description          string             `json:"description,omitempty"`
	Format               string             `json:"format,omitempty"`
	Enum                 []any              `json:"enum,omitempty"`
	Default              json.RawMessage    `json:"default,omitempty"`
	Minimum              *int               `json:"minimum,omitempty"`
	Maximum              *int               `json:"maximum,omitempty"`
	Items                *schema            `json:"items,omitempty"`
	Properties           map[string]*schema `json:"properties,omitempty"`
	Required             []string           `json:"required,omitempty"`
	AdditionalProperties *bool              `json:"additionalProperties,omitempty"`
	Ref                  string             `json:"$ref,omitempty"`
	Defs                 map[string]*schema `json:"$defs,omitempty"`
}

// newObject returns the schema of an object that has the properties that will be
// added, and no others.
func newObject() *schema {
	no := false
	return &schema{Type: "object", Properties: map[string]*schema{}, AdditionalProperties: &no}
}

func (s *schema) require(name string) {
	at, found := slices.BinarySearch(s.Required, name)
	if !found {
		s.Required = slices.Insert(s.Required, at, name)
	}
}

// orNull lets null in, too.
func (s *schema) orNull() *schema {
	if name, ok := s.Type.(string); ok {
		s.Type = []string{name, "null"}
	}
	if s.Enum != nil {
		s.Enum = append(s.Enum, nil)
	}
	return s
}

// leaf returns the schema of a scalar or an enum.
func leaf(d *ast.Definition) *schema {
	if d.Kind == ast.Enum {
		s := &schema{Type: "string"}
		for _, value := range d.EnumValues {
			s.Enum = append(s.Enum, value.Name)
		}
		return s
	}
	switch d.Name {
	case "Int":
		return &schema{Type: "integer"}
	case "Float":
		return &schema{Type: "number"}
	case "Boolean":
		return &schema{Type: "boolean"}
	case "JSON":
		return &schema{}
	case "DateTime":
		return &schema{Type: "string", Format: "date-time"}
	}
	return &schema{Type: "string"}
}

// sentences joins descriptions.
func sentences(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}
