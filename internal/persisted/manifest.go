package persisted

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// apolloFormat is how Apollo's manifests introduce themselves.
const apolloFormat = "apollo-persisted-query-manifest"

// Entry is one document of a manifest. Name and Type are "" where the manifest
// does not tell.
type Entry struct{ ID, Name, Type, Body string }

// ParseManifest reads a manifest in one of two formats:
//
//   - Apollo's: {"format":"apollo-persisted-query-manifest","version":1,
//     "operations":[{"id":…,"name":…,"type":…,"body":…}]};
//   - Relay's: {"<id>":"<text>"}, in the file's order.
//
// An id that occurs twice is left to the caller. Errors name the entry, counted
// from 1, or the byte where the JSON ends to be one, and quote nothing.
func ParseManifest(content []byte) ([]Entry, error) {
	d := json.NewDecoder(bytes.NewReader(content))
	members, err := objectMembers(d)
	if err == nil {
		err = nothingElse(d)
	}
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		var format string
		if m.name == "format" && json.Unmarshal(m.value, &format) == nil && format == apolloFormat {
			return apolloEntries(content)
		}
	}
	return relayEntries(members)
}

// member is a property of an object, in the order of the text: a map would
// lose the order and the properties that occur twice.
type member struct {
	name  string
	value json.RawMessage
}

func objectMembers(d *json.Decoder) ([]member, error) {
	start, err := d.Token()
	if err != nil {
		return nil, notJSON(d)
	}
	if start != json.Delim('{') {
		return nil, errors.New("is not a JSON object")
	}
	var members []member
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, notJSON(d)
		}
		name, ok := key.(string)
		if !ok {
			return nil, notJSON(d)
		}
		m := member{name: name}
		if err := d.Decode(&m.value); err != nil {
			return nil, notJSON(d)
		}
		members = append(members, m)
	}
	if _, err := d.Token(); err != nil {
		return nil, notJSON(d)
	}
	return members, nil
}

// nothingElse makes sure that the text ends after its value.
func nothingElse(d *json.Decoder) error {
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return notJSON(d)
	}
	return nil
}

// notJSON does not wrap the decoder's error: it quotes the text.
func notJSON(d *json.Decoder) error {
	return fmt.Errorf("is not valid JSON at about byte %d", d.InputOffset())
}

func apolloEntries(content []byte) ([]Entry, error) {
	var manifest struct {
		Version    json.Number `json:"version"`
		Operations []struct {
			ID   *string `json:"id"`
			Name string  `json:"name"`
			Type string  `json:"type"`
			Body *string `json:"body"`
		} `json:"operations"`
	}
	if err := json.Unmarshal(content, &manifest); err != nil {
		return nil, errors.New("does not have the shape of an Apollo manifest")
	}
	if manifest.Version != "1" {
		return nil, errors.New("is an Apollo manifest of another version than 1")
	}
	entries := make([]Entry, len(manifest.Operations))
	for i, o := range manifest.Operations {
		if o.ID == nil || o.Body == nil {
			return nil, fmt.Errorf("entry %d: needs an id and a body", i+1)
		}
		entries[i] = Entry{ID: *o.ID, Name: o.Name, Type: o.Type, Body: *o.Body}
	}
	return entries, nil
}

func relayEntries(members []member) ([]Entry, error) {
	entries := make([]Entry, len(members))
	for i, m := range members {
		entries[i].ID = m.name
		if err := json.Unmarshal(m.value, &entries[i].Body); err != nil || string(m.value) == "null" {
			return nil, fmt.Errorf("entry %d: is not a text", i+1)
		}
	}
	return entries, nil
}
