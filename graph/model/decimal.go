package model

import (
	"encoding/json"
	"errors"
	"strconv"

	"github.com/99designs/gqlgen/graphql"

	"paymentlinks/internal/money"
)

// MarshalDecimal writes an exact number as a string.
func MarshalDecimal(d money.Decimal) graphql.Marshaler { return graphql.MarshalString(d.String()) }

// UnmarshalDecimal reads the text of a number: a string, or the token of an Int
// or Float as it was written. It refuses a binary float, which does not have the
// caller's digits any more. So variables are to be decoded with
// json.Decoder.UseNumber. Its error is an *InputError.
func UnmarshalDecimal(v any) (money.Decimal, error) {
	text := ""
	switch v := v.(type) {
	case string:
		text = v
	case json.Number:
		text = string(v)
	case int64:
		text = strconv.FormatInt(v, 10)
	}
	d, err := money.ParseDecimal(text)
	switch {
	case errors.Is(err, money.ErrTooLong):
		return money.Decimal{}, refuse("must have at most " + strconv.Itoa(money.MaxDigits) + " digits")
	case err != nil:
		return money.Decimal{}, refuse("must be a decimal number")
	}
	return d, nil
}

// MarshalDecimalText writes a number that has its final form already.
func MarshalDecimalText(text string) graphql.Marshaler { return graphql.MarshalString(text) }

// UnmarshalDecimalText reads what UnmarshalDecimal reads, into its shortest form.
func UnmarshalDecimalText(v any) (string, error) {
	d, err := UnmarshalDecimal(v)
	if err != nil {
		return "", err
	}
	return d.String(), nil
}
