package model

import (
	"fmt"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/qrcode"
)

// TimeUnit is a unit that a time left can be counted in.
type TimeUnit uint8

// The units.
const (
	Seconds TimeUnit = iota
	Minutes
	Hours
	Days
)

// TimeUnits returns every unit in the order of the schema.
func TimeUnits() []TimeUnit { return []TimeUnit{Seconds, Minutes, Hours, Days} }

// String returns the schema's name.
func (u TimeUnit) String() string {
	switch u {
	case Seconds:
		return "SECONDS"
	case Minutes:
		return "MINUTES"
	case Hours:
		return "HOURS"
	case Days:
		return "DAYS"
	}
	return ""
}

// Length is how long one unit is; a day has 24 hours.
func (u TimeUnit) Length() time.Duration {
	switch u {
	case Minutes:
		return time.Minute
	case Hours:
		return time.Hour
	case Days:
		return day
	case Seconds:
	}
	return time.Second
}

// The enums are the domain's own types; these pairs read and write the names
// that the types themselves know.

// MarshalStatus writes the schema's name.
func MarshalStatus(s paymentlink.Status) graphql.Marshaler { return graphql.MarshalString(s.String()) }

// UnmarshalStatus reads the schema's name.
func UnmarshalStatus(v any) (paymentlink.Status, error) {
	return enumValue(v, paymentlink.Statuses())
}

// MarshalState writes the schema's name.
func MarshalState(s paymentlink.State) graphql.Marshaler { return graphql.MarshalString(s.String()) }

// UnmarshalState reads the schema's name.
func UnmarshalState(v any) (paymentlink.State, error) { return enumValue(v, paymentlink.States()) }

// MarshalEnvironment writes the schema's name.
func MarshalEnvironment(e paymentlink.Environment) graphql.Marshaler {
	return graphql.MarshalString(e.String())
}

// UnmarshalEnvironment reads the schema's name.
func UnmarshalEnvironment(v any) (paymentlink.Environment, error) {
	return enumValue(v, paymentlink.Environments())
}

// MarshalOrder writes the schema's name.
func MarshalOrder(o paymentlink.Order) graphql.Marshaler { return graphql.MarshalString(o.String()) }

// UnmarshalOrder reads the schema's name.
func UnmarshalOrder(v any) (paymentlink.Order, error) { return enumValue(v, paymentlink.Orders()) }

// MarshalTimeUnit writes the schema's name.
func MarshalTimeUnit(u TimeUnit) graphql.Marshaler { return graphql.MarshalString(u.String()) }

// UnmarshalTimeUnit reads the schema's name.
func UnmarshalTimeUnit(v any) (TimeUnit, error) { return enumValue(v, TimeUnits()) }

// MarshalPeriodUnit writes the schema's name.
func MarshalPeriodUnit(u paymentlink.PeriodUnit) graphql.Marshaler {
	return graphql.MarshalString(u.String())
}

// UnmarshalPeriodUnit reads the schema's name.
func UnmarshalPeriodUnit(v any) (paymentlink.PeriodUnit, error) {
	return enumValue(v, paymentlink.PeriodUnits())
}

// MarshalPeriodField writes the schema's name.
func MarshalPeriodField(f paymentlink.PeriodField) graphql.Marshaler {
	return graphql.MarshalString(f.String())
}

// UnmarshalPeriodField reads the schema's name.
func UnmarshalPeriodField(v any) (paymentlink.PeriodField, error) {
	return enumValue(v, paymentlink.PeriodFields())
}

// MarshalChangeKind writes the schema's name.
func MarshalChangeKind(k paymentlink.ChangeKind) graphql.Marshaler {
	return graphql.MarshalString(k.String())
}

// UnmarshalChangeKind reads the schema's name.
func UnmarshalChangeKind(v any) (paymentlink.ChangeKind, error) {
	return enumValue(v, paymentlink.ChangeKinds())
}

// MarshalQRFormat writes the schema's name.
func MarshalQRFormat(f qrcode.Format) graphql.Marshaler { return graphql.MarshalString(f.String()) }

// UnmarshalQRFormat reads the schema's name.
func UnmarshalQRFormat(v any) (qrcode.Format, error) { return enumValue(v, qrcode.Formats()) }

// MarshalQRErrorCorrection writes the schema's name.
func MarshalQRErrorCorrection(l qrcode.Level) graphql.Marshaler {
	return graphql.MarshalString(l.String())
}

// UnmarshalQRErrorCorrection reads the schema's name.
func UnmarshalQRErrorCorrection(v any) (qrcode.Level, error) { return enumValue(v, qrcode.Levels()) }

// enumValue finds the value whose name was given, case included.
func enumValue[T fmt.Stringer](v any, values []T) (T, error) {
	name, _ := v.(string)
	for _, value := range values {
		if value.String() == name {
			return value, nil
		}
	}
	var none T
	return none, refuse("must be one of the values that the schema lists")
}
