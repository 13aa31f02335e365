package model_test

import (
	"errors"
	"testing"

	"paymentlinks/graph/model"
)

// A key is held to one field wherever it comes from: documents and variables are
// checked before, calls of the room are not.
func TestKeyCheck(t *testing.T) {
	for name, key := range map[string]model.Key{
		"none":  {},
		"two":   {ID: new("a"), URL: new("b")},
		"three": {ID: new("a"), Code: new("b"), URL: new("c")},
	} {
		if refused, ok := errors.AsType[*model.InputError](key.Check("key")); !ok || refused.Argument != "key" {
			t.Errorf("%s: no InputError of key", name)
		}
		if refused, ok := errors.AsType[*model.InputError](model.CheckKeys("keys", []model.Key{{ID: new("a")}, key})); !ok || refused.Argument != "keys[1]" {
			t.Errorf("%s: no InputError of keys[1]", name)
		}
	}
	for _, key := range []model.Key{{ID: new("")}, {Code: new("a")}, {URL: new("a")}} {
		if err := key.Check("key"); err != nil {
			t.Errorf("one field: %v", err)
		}
	}
}
