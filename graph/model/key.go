package model

import (
	"strconv"

	"paymentlinks/internal/paymentlink"
)

// The bounds that the schema gives for keys.
const (
	maxKeyBytes     = 4 << 10
	maxKeys         = 100
	maxBytesOfKeys  = 32 << 10
	oneOfThem       = "must have exactly one of id, code and url"
	maxKeyReason    = "must have at most 4,096 bytes"
	maxKeysReason   = "must hold at most 100 keys"
	maxOfKeysReason = "must hold keys of at most 32,768 bytes together"
)

// Key is PaymentLinkKey as it was given: one of its fields is not nil, once it
// is checked.
type Key struct {
	ID   *string
	Code *string
	URL  *string
}

// Check refuses a key that says how to find a link in more ways than one, or in
// none. The schema says so by @oneOf, which not every gateway knows. The error is
// an *InputError of the argument.
func (k Key) Check(argument string) error {
	given := 0
	for _, field := range []*string{k.ID, k.Code, k.URL} {
		if field != nil {
			given++
		}
	}
	switch {
	case given != 1:
		return &InputError{Argument: argument, Reason: oneOfThem}
	case len(k.text()) > maxKeyBytes:
		return &InputError{Argument: argument, Reason: maxKeyReason}
	}
	return nil
}

// CheckKeys checks a list of keys. The error is an *InputError.
func CheckKeys(argument string, keys []Key) error {
	if len(keys) > maxKeys {
		return &InputError{Argument: argument, Reason: maxKeysReason}
	}
	total := 0
	for i, key := range keys {
		if err := key.Check(argument + "[" + strconv.Itoa(i) + "]"); err != nil {
			return err
		}
		total += len(key.text())
	}
	if total > maxBytesOfKeys {
		return &InputError{Argument: argument, Reason: maxOfKeysReason}
	}
	return nil
}

func (k Key) text() string {
	for _, field := range []*string{k.ID, k.Code, k.URL} {
		if field != nil {
			return *field
		}
	}
	return ""
}

// Find looks the link up. The key must have been checked.
func (k Key) Find(set *paymentlink.Set) (paymentlink.Link, bool) {
	switch {
	case k.ID != nil:
		return set.ByID(*k.ID)
	case k.Code != nil:
		return set.ByCode(*k.Code)
	}
	return set.ByURL(k.text())
}
