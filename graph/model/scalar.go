package model

import (
	"encoding/json"
	"io"
	"math"
	"net/url"
	"strconv"

	"github.com/99designs/gqlgen/graphql"

	"paymentlinks/internal/money"
)

// MarshalID writes an opaque id.
func MarshalID(id string) graphql.Marshaler { return graphql.MarshalString(id) }

// UnmarshalID reads a string or an integer of any length, as section 3.5.5 of the
// specification asks. Its error is an *InputError.
func UnmarshalID(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case json.Number:
		if isInteger(string(v)) {
			return string(v), nil
		}
	}
	return "", refuse("must be a string or an integer")
}

func isInteger(number string) bool {
	for i := range len(number) {
		if (number[i] < '0' || number[i] > '9') && (i > 0 || number[i] != '-') {
			return false
		}
	}
	return number != ""
}

// MarshalInt writes an integer of 32 bits.
func MarshalInt(i int32) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		var digits [11]byte
		_, _ = w.Write(strconv.AppendInt(digits[:0], int64(i), 10))
	})
}

// UnmarshalInt reads a whole number of 32 bits. It refuses strings, also those
// that hold a number. Its error is an *InputError.
func UnmarshalInt(v any) (int32, error) {
	wide, ok := int64(0), false
	switch v := v.(type) {
	case int64:
		wide, ok = v, true
	case json.Number:
		parsed, err := strconv.ParseInt(string(v), 10, 64)
		wide, ok = parsed, err == nil
	}
	if !ok || wide < math.MinInt32 || wide > math.MaxInt32 {
		return 0, refuse("must be an integer of 32 bits")
	}
	return int32(wide), nil
}

// MarshalString writes text.
func MarshalString(s string) graphql.Marshaler { return graphql.MarshalString(s) }

// UnmarshalString reads a string. It refuses numbers and booleans. Its error is
// an *InputError.
func UnmarshalString(v any) (string, error) {
	s, ok := v.(string)
	if !ok {
		return "", refuse("must be a string")
	}
	return s, nil
}

// MarshalURL writes an address.
func MarshalURL(address string) graphql.Marshaler { return graphql.MarshalString(address) }

// UnmarshalURL reads an absolute http or https URL. Its error is an *InputError.
func UnmarshalURL(v any) (string, error) {
	s, _ := v.(string)
	parsed, err := url.Parse(s)
	if err != nil || parsed.Host == "" || (parsed.Scheme != "http" && parsed.Scheme != "https") {
		return "", refuse("must be an absolute http or https URL")
	}
	return s, nil
}

// MarshalCurrencyCodeAlpha writes a currency code.
func MarshalCurrencyCodeAlpha(c money.Currency) graphql.Marshaler {
	return graphql.MarshalString(string(c))
}

// UnmarshalCurrencyCodeAlpha reads three letters of any case. Its error is an
// *InputError.
func UnmarshalCurrencyCodeAlpha(v any) (money.Currency, error) {
	s, _ := v.(string)
	currency, err := money.ParseCurrency(s)
	if err != nil {
		return "", refuse("must be a currency code of three letters")
	}
	return currency, nil
}

// MarshalRawJSON writes JSON exactly as upstream sent it; nil is null.
func MarshalRawJSON(raw []byte) graphql.Marshaler {
	if raw == nil {
		return graphql.Null
	}
	return graphql.WriterFunc(func(w io.Writer) { _, _ = w.Write(raw) })
}

// UnmarshalRawJSON refuses everything: no argument takes raw JSON.
func UnmarshalRawJSON(any) ([]byte, error) { return nil, refuse("cannot be given") }
