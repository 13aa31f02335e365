package model_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"paymentlinks/graph/generated"
	"paymentlinks/graph/model"
)

// specification is what a document that @specifiedBy names asks for.
type specification struct {
	// taken and refused are its examples of values.
	taken, refused []string
	// result is what its values in answers look like.
	result *regexp.Regexp
}

// specificationOf knows the documents by their addresses.
func specificationOf(url string) (specification, bool) {
	switch url {
	case "https://scalars.graphql.org/chillicream/date-time.html":
		const date, clock = `\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])`, `([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?`
		return specification{
			taken: []string{
				"2023-12-24T15:30:00Z", "2023-12-24t15:30:00z", "2023-12-24T15:30:00+00:00", "2023-12-24T15:30:00-05:00",
				"2023-12-24T15:30:00.123Z", "2023-12-24T15:30:00.123456789+01:00",
				"2023-12-24T15:30:00-00:00", // RFC 3339, section 4.3
			},
			refused: []string{
				"2023-12-24T15:30:00", "2023-12-24 15:30:00Z", "2023-12-24", "15:30:00Z", "2023-13-01T00:00:00Z", "2023-12-32T00:00:00Z",
				"2023-12-24T15:30:00.1234567890Z", "2023-12-24T24:00:00Z", "2023-02-30T15:30:00Z", "2023-12-24T15:30:00+24:00",
				"2023-12-24T25:00:00Z", "2023-12-24T15:60:00Z", "2023-12-24T15:30:00+25:00", "2023-12-24T15:30:00 UTC",
			},
			result: regexp.MustCompile(`^"` + date + `[Tt]` + clock + `([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)"$`),
		}, true
	}
	return specification{}, false
}

// A scalar that names its specification follows it.
func TestScalarsFollowTheirSpecifications(t *testing.T) {
	checked := 0
	for _, definition := range generated.NewExecutableSchema(generated.Config{}).Schema().Types {
		directive := definition.Directives.ForName("specifiedBy")
		if definition.Kind != ast.Scalar || directive == nil || strings.HasPrefix(definition.Name, "_") {
			continue
		}
		checked++
		url := directive.Arguments.ForName("url").Value.Raw
		specification, ok := specificationOf(url)
		if !ok {
			t.Errorf("%s names %s, which the test does not know", definition.Name, url)
			continue
		}
		read, results := readerOf(t, definition.Name)
		for _, text := range specification.taken {
			if err := read(text); err != nil {
				t.Errorf("%s: %q is refused: %v", definition.Name, text, err)
			}
		}
		for _, text := range specification.refused {
			if err := read(text); err == nil {
				t.Errorf("%s: %q is taken", definition.Name, text)
			}
		}
		for _, result := range results {
			if !specification.result.MatchString(result) {
				t.Errorf("%s: %s goes out", definition.Name, result)
			}
		}
	}
	if checked == 0 {
		t.Error("no scalar names a specification")
	}
}

// readerOf returns how a scalar is read, and some values as they go out.
func readerOf(t *testing.T, scalar string) (read func(string) error, results []string) {
	t.Helper()
	if scalar != "DateTime" {
		t.Fatalf("the test cannot read %s", scalar)
	}
	for _, at := range []time.Time{
		time.Unix(0, 0), time.Unix(1691547528, 120_456_789), time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC),
		time.Date(2023, 8, 8, 20, 18, 48, 1, time.FixedZone("", -6*3600)), time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC),
	} {
		results = append(results, marshal(model.MarshalDateTime(at)))
	}
	return func(s string) error { _, err := model.UnmarshalDateTime(s); return err }, results
}
