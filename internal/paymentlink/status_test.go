package paymentlink_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/internal/paymentlink"
)

// enumValues reads the values of an enum off the schema, in its order.
func enumValues(t *testing.T, name string) []string {
	t.Helper()
	files, err := filepath.Glob("../../graph/schema/*.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	var schema []byte
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		schema = append(schema, text...)
	}
	block := regexp.MustCompile(`(?s)enum ` + name + ` \{(.*?)\n\}`).FindSubmatch(schema)
	if block == nil {
		t.Fatalf("the schema has no enum %s", name)
	}
	var values []string
	for _, match := range regexp.MustCompile(`(?m)^  ([A-Z_]+)$`).FindAllSubmatch(block[1], -1) {
		values = append(values, string(match[1]))
	}
	return values
}

func names[T fmt.Stringer](values ...T) []string {
	out := make([]string, len(values))
	for i, value := range values {
		out[i] = value.String()
	}
	return out
}

func TestEnumsAreTheSchemas(t *testing.T) {
	environments := names(paymentlink.EnvironmentTest, paymentlink.EnvironmentLive, paymentlink.EnvironmentUnknown)
	tests := map[string][]string{
		"PaymentLinkStatus":      names(paymentlink.Statuses()...),
		"PaymentLinkState":       names(paymentlink.States()...),
		"PaymentLinkOrder":       names(paymentlink.Orders()...),
		"PaymentLinkEnvironment": environments,
	}
	for enum, got := range tests {
		if diff := cmp.Diff(enumValues(t, enum), got); diff != "" {
			t.Errorf("%s (-schema +got):\n%s", enum, diff)
		}
	}
}

func TestNamesOfNothing(t *testing.T) {
	got := []string{
		paymentlink.Status(200).String(), paymentlink.State(0).String(), paymentlink.State(200).String(),
		paymentlink.Environment(200).String(), paymentlink.Order(0).String(), paymentlink.Order(200).String(),
	}
	if slices.ContainsFunc(got, func(name string) bool { return name != "" }) {
		t.Errorf("values that are no enum value have names: %q", got)
	}
}
