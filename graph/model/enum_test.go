package model_test

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"paymentlinks/graph/model"
	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/qrcode"
)

// schemaEnum returns the values of an enum as the schema lists them.
func schemaEnum(t *testing.T, name string) []string {
	t.Helper()
	var sources []*ast.Source
	for _, file := range []string{"scalars", "payment_link", "share", "filter", "summary", "connection", "changes", "query", "directives"} {
		text, err := os.ReadFile("../schema/" + file + ".graphqls")
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, &ast.Source{Name: file, Input: string(text)})
	}
	directives := "directive @key(fields: String!) on OBJECT directive @shareable on OBJECT directive @tag(name: String!) on FIELD_DEFINITION | INPUT_FIELD_DEFINITION"
	schema, err := gqlparser.LoadSchema(append(sources, &ast.Source{Input: directives})...)
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for _, value := range schema.Types[name].EnumValues {
		values = append(values, value.Name)
	}
	return values
}

// testEnum checks that a Go type has exactly the schema's values, in order,
// and that each is read and written.
func testEnum[T interface {
	comparable
	fmt.Stringer
}](t *testing.T, name string, values []T, read func(any) (T, error), write func(T) graphql.Marshaler) {
	t.Helper()
	var names []string
	for _, value := range values {
		names = append(names, value.String())
		if got, err := read(value.String()); err != nil || got != value {
			t.Errorf("%s is read as %v, %v", value, got, err)
		}
		if got := marshal(write(value)); got != `"`+value.String()+`"` {
			t.Errorf("%s is written as %s", value, got)
		}
	}
	if diff := cmp.Diff(schemaEnum(t, name), names); diff != "" {
		t.Errorf("%s (-schema +go):\n%s", name, diff)
	}
	for _, bad := range []any{"", "active", "NONE", 1, nil, []any{names[0]}} {
		if got, err := read(bad); err == nil {
			t.Errorf("%s: %v is read as %v", name, bad, got)
		}
	}
}

func TestEnums(t *testing.T) {
	testEnum(t, "PaymentLinkStatus", paymentlink.Statuses(), model.UnmarshalStatus, model.MarshalStatus)
	testEnum(t, "PaymentLinkState", paymentlink.States(), model.UnmarshalState, model.MarshalState)
	testEnum(t, "PaymentLinkOrder", paymentlink.Orders(), model.UnmarshalOrder, model.MarshalOrder)
	testEnum(t, "PaymentLinkChangeKind", paymentlink.ChangeKinds(), model.UnmarshalChangeKind, model.MarshalChangeKind)
	testEnum(t, "PaymentLinkTimeUnit", model.TimeUnits(), model.UnmarshalTimeUnit, model.MarshalTimeUnit)
	testEnum(t, "PaymentLinkPeriodUnit", paymentlink.PeriodUnits(), model.UnmarshalPeriodUnit, model.MarshalPeriodUnit)
	testEnum(t, "PaymentLinkPeriodField", paymentlink.PeriodFields(), model.UnmarshalPeriodField, model.MarshalPeriodField)
	testEnum(t, "PaymentLinkQrFormat", qrcode.Formats(), model.UnmarshalQRFormat, model.MarshalQRFormat)
	testEnum(t, "PaymentLinkQrErrorCorrection", qrcode.Levels(), model.UnmarshalQRErrorCorrection, model.MarshalQRErrorCorrection)
	testEnum(t, "PaymentLinkEnvironment", paymentlink.Environments(), model.UnmarshalEnvironment, model.MarshalEnvironment)
}

func TestTimeUnitLengths(t *testing.T) {
	var got []time.Duration
	for _, unit := range model.TimeUnits() {
		got = append(got, unit.Length())
	}
	if want := []time.Duration{time.Second, time.Minute, time.Hour, 24 * time.Hour}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
