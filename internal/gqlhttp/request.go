package gqlhttp

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"paymentlinks/internal/fault"
)

// operationRequest holds the parameters of a GraphQL-over-HTTP request; nil and "" stand for absent ones.
type operationRequest struct {
	// query is the document's text; hasQuery tells "" from absent.
	query    string
	hasQuery bool
	// documentID names a trusted document instead.
	documentID    string
	operationName string
	variables     map[string]any
	extensions    map[string]any
}

// decodeBody reads the parameters of a POST. Properties that the specification
// reserves for its future are ignored.
func decodeBody(body string) (operationRequest, error) {
	if len(body) == 0 {
		return operationRequest{}, fault.New(fault.BadRequest, "The request has no body.")
	}
	if isList(body) {
		return operationRequest{}, fault.New(fault.BadRequest, "Batches of operations are not supported: send one JSON object.")
	}
	object, err := decodeObject(body)
	if err != nil {
		return operationRequest{}, err
	}
	var req operationRequest
	for _, p := range []struct {
		name string
		into *string
	}{{"query", &req.query}, {"operationName", &req.operationName}, {"documentId", &req.documentID}} {
		if err := text(object, p.name, p.into); err != nil {
			return operationRequest{}, err
		}
	}
	if req.variables, err = mapping(object, "variables"); err != nil {
		return operationRequest{}, err
	}
	if req.extensions, err = mapping(object, "extensions"); err != nil {
		return operationRequest{}, err
	}
	req.hasQuery = object["query"] != nil
	return req, nil
}

func isList(body string) bool {
	d := decoder{text: body}
	d.skipSpace()
	return d.peek() == '['
}

func text(object map[string]any, name string, into *string) error {
	switch value := object[name].(type) {
	case nil:
	case string:
		*into = value
	default:
		return fault.New(fault.BadRequest, fmt.Sprintf("%q must be a string.", name))
	}
	return nil
}

func mapping(object map[string]any, name string) (map[string]any, error) {
	switch value := object[name].(type) {
	case nil:
		return nil, nil //nolint:nilnil // absent
	case map[string]any:
		return value, nil
	}
	return nil, fault.New(fault.BadRequest, fmt.Sprintf("%q must be an object.", name))
}

// decodeURL reads the parameters of a GET from the URL's query.
func decodeURL(rawQuery string) (operationRequest, error) {
	values, err := url.ParseQuery(rawQuery)
	if err != nil {
		return operationRequest{}, fault.New(fault.BadRequest, "The query of the URL is malformed.")
	}
	var req operationRequest
	for _, p := range []struct {
		name string
		into *string
	}{{"query", &req.query}, {"operationName", &req.operationName}, {"documentId", &req.documentID}} {
		if *p.into, err = single(values, p.name); err != nil {
			return operationRequest{}, err
		}
	}
	for _, p := range []struct {
		name string
		into *map[string]any
	}{{"variables", &req.variables}, {"extensions", &req.extensions}} {
		encoded, err := single(values, p.name)
		if err != nil {
			return operationRequest{}, err
		}
		if *p.into, err = decodeParameter(p.name, encoded); err != nil {
			return operationRequest{}, err
		}
	}
	req.hasQuery = values.Has("query")
	return req, nil
}

// single returns the one value of a parameter; "" when it is absent.
func single(values url.Values, name string) (string, error) {
	all := values[name]
	switch {
	case len(all) == 0:
		return "", nil
	case len(all) > 1:
		return "", fault.New(fault.BadRequest, fmt.Sprintf("%q occurs more than once in the URL.", name))
	case !utf8.ValidString(all[0]):
		return "", fault.New(fault.BadRequest, fmt.Sprintf("%q is not valid UTF-8.", name))
	}
	return all[0], nil
}

// decodeParameter reads a parameter that is JSON inside of a URL.
func decodeParameter(name, encoded string) (map[string]any, error) {
	if encoded == "" || strings.TrimSpace(encoded) == "null" {
		return nil, nil //nolint:nilnil // absent
	}
	object, err := decodeObject(encoded)
	switch {
	case fault.KindOf(err) == fault.LimitExceeded:
		return nil, err
	case err != nil:
		return nil, fault.New(fault.BadRequest, fmt.Sprintf("%q must be a JSON object.", name))
	}
	return object, nil
}

// checkContentType refuses bodies that are not JSON in UTF-8, as they come. What
// browsers send across sites without asking (forms, plain text) ends here too.
func checkContentType(header http.Header) error {
	lines := header["Content-Type"]
	if len(lines) != 1 {
		return fault.New(fault.UnsupportedMediaType, "Content-Type must be application/json.")
	}
	if lines[0] != "application/json" { // what nearly all send needs no parsing
		media, parameters, err := mime.ParseMediaType(lines[0])
		if err != nil || media != "application/json" {
			return fault.New(fault.UnsupportedMediaType, "Content-Type must be application/json.")
		}
		if charset, ok := parameters["charset"]; ok && !isUTF8(charset) {
			return fault.New(fault.UnsupportedMediaType, "The charset of the body must be UTF-8.")
		}
	}
	for element := range listElements(header["Content-Encoding"]) {
		if !strings.EqualFold(element, "identity") {
			return fault.New(fault.UnsupportedMediaType, "Compressed request bodies are not accepted.")
		}
	}
	return nil
}
