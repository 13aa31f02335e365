package gqlhttp_test

import (
	"strings"
	"testing"

	"paymentlinks/internal/gqlhttp"
)

func TestNegotiateMedia(t *testing.T) {
	const none = gqlhttp.MediaType(255)
	tests := map[string]struct {
		accept []string
		want   gqlhttp.MediaType
	}{
		"absent":                             {nil, gqlhttp.MediaJSON},
		"empty":                              {[]string{""}, gqlhttp.MediaJSON},
		"empty elements":                     {[]string{" , ,"}, gqlhttp.MediaJSON},
		"anything":                           {[]string{"*/*"}, gqlhttp.MediaJSON},
		"any application":                    {[]string{"application/*"}, gqlhttp.MediaJSON},
		"json":                               {[]string{"application/json"}, gqlhttp.MediaJSON},
		"response":                           {[]string{"application/graphql-response+json"}, gqlhttp.MediaResponse},
		"case does not count":                {[]string{"Application/GraphQL-Response+JSON"}, gqlhttp.MediaResponse},
		"both, response first":               {[]string{"application/graphql-response+json, application/json"}, gqlhttp.MediaResponse},
		"both, json first":                   {[]string{"application/json, application/graphql-response+json"}, gqlhttp.MediaJSON},
		"both, on two lines":                 {[]string{"application/graphql-response+json", "application/json"}, gqlhttp.MediaResponse},
		"weights decide, not the order":      {[]string{"application/json;q=0.9, application/graphql-response+json"}, gqlhttp.MediaResponse},
		"a thousandth decides":               {[]string{"application/graphql-response+json;q=0.998, application/json;q=0.999"}, gqlhttp.MediaJSON},
		"named wins over the range":          {[]string{"*/*, application/graphql-response+json"}, gqlhttp.MediaResponse},
		"the range may weigh more":           {[]string{"application/graphql-response+json;q=0.1, */*"}, gqlhttp.MediaJSON},
		"the type's range wins over all":     {[]string{"*/*;q=0, application/*;q=0.1"}, gqlhttp.MediaJSON},
		"of two alike the first counts":      {[]string{"application/json;q=0.5, application/json;q=0, application/graphql-response+json;q=0.1"}, gqlhttp.MediaJSON},
		"excluded, the other is left":        {[]string{"application/json;q=0, */*"}, gqlhttp.MediaResponse},
		"a browser's":                        {[]string{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}, gqlhttp.MediaJSON},
		"urql's":                             {[]string{"application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"}, gqlhttp.MediaResponse},
		"Apollo Client's":                    {[]string{"application/graphql-response+json,application/json;q=0.9"}, gqlhttp.MediaResponse},
		"charset":                            {[]string{"application/json; charset=UTF-8"}, gqlhttp.MediaJSON},
		"quoted charset":                     {[]string{`application/graphql-response+json; charset="utf-8"; q=1`}, gqlhttp.MediaResponse},
		"a comma inside of quotes":           {[]string{`application/graphql-response+json; x="a,\"b,c"; q=0.5, application/json;q=0.4`}, gqlhttp.MediaResponse},
		"other parameters do not count":      {[]string{"application/json; v=b3"}, gqlhttp.MediaJSON},
		"another charset":                    {[]string{"application/json; charset=utf-16"}, none},
		"neither":                            {[]string{"text/html, image/*"}, none},
		"both excluded":                      {[]string{"application/json;q=0, application/graphql-response+json;q=0.000"}, none},
		"everything excluded":                {[]string{"*/*;q=0"}, none},
		"a weight that is none is low":       {[]string{"application/json;q=high"}, gqlhttp.MediaJSON},
		"a weight over 1":                    {[]string{"application/json;q=1.001"}, gqlhttp.MediaJSON},
		"a weight with too many digits":      {[]string{"application/json;q=0.1234, application/graphql-response+json;q=0.1"}, gqlhttp.MediaResponse},
		"a negative weight":                  {[]string{"application/json;q=-1"}, gqlhttp.MediaJSON},
		"Java's, when nobody sets it":        {[]string{"text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"}, gqlhttp.MediaJSON},
		"malformed, beside one that is not":  {[]string{"application/json;q=x, application/graphql-response+json;q=0.1"}, gqlhttp.MediaResponse},
		"an ancient range is no range":       {[]string{"*"}, none},
		"a quote that never ends takes rest": {[]string{`text/html;x=", application/json`}, none},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, ok := gqlhttp.NegotiateMedia(test.accept...)
			if ok != (test.want != none) || (ok && got != test.want) {
				t.Errorf("NegotiateMedia(%q) = %v, %v, want %v", test.accept, got, ok, test.want)
			}
		})
	}
}

func TestNegotiateCodings(t *testing.T) {
	tests := map[string]struct {
		acceptEncoding []string
		long, short    string // "" when nothing is acceptable
	}{
		"absent":                           {nil, "identity", "identity"},
		"empty":                            {[]string{""}, "identity", "identity"},
		"gzip":                             {[]string{"gzip"}, "gzip", "identity"},
		"zstd":                             {[]string{"ZSTD"}, "zstd", "identity"},
		"an old name":                      {[]string{"x-gzip"}, "gzip", "identity"},
		"a browser's":                      {[]string{"gzip, deflate, br, zstd"}, "gzip", "identity"},
		"zstd by preference":               {[]string{"gzip;q=0.9, zstd"}, "zstd", "identity"},
		"on two lines":                     {[]string{"zstd", "gzip"}, "gzip", "identity"},
		"the heavier":                      {[]string{"zstd;q=0.5, gzip;q=0.6"}, "gzip", "identity"},
		"anything":                         {[]string{"*"}, "gzip", "identity"},
		"anything but gzip":                {[]string{"gzip;q=0, *"}, "zstd", "identity"},
		"only what we do not have":         {[]string{"br"}, "identity", "identity"},
		"plain, by wish":                   {[]string{"identity, gzip;q=0.5"}, "identity", "identity"},
		"plain, as good as any":            {[]string{"identity, gzip"}, "gzip", "identity"},
		"never plain":                      {[]string{"gzip, identity;q=0"}, "gzip", "gzip"},
		"never plain, by all":              {[]string{"gzip, *;q=0"}, "gzip", "gzip"},
		"plain, although all are excluded": {[]string{"identity;q=0.1, *;q=0"}, "identity", "identity"},
		"a malformed weight is low":        {[]string{"gzip;q=2, zstd;q=0.5"}, "zstd", "identity"},
		"nothing":                          {[]string{"*;q=0"}, "", ""},
		"nothing that we have":             {[]string{"br, identity;q=0"}, "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			long, short, ok := gqlhttp.NegotiateCodings(test.acceptEncoding...)
			if !ok {
				long, short = "", ""
			}
			if long != test.long || short != test.short {
				t.Errorf("NegotiateCodings(%q) = %q, %q, want %q, %q", test.acceptEncoding, long, short, test.long, test.short)
			}
		})
	}
}

// Whatever stands in the header, it ends in a decision, and an unconditional
// offer put before it is always taken.
func FuzzNegotiation(f *testing.F) {
	for _, seed := range []string{
		"", "*/*", "application/json;q=0.5, */*;q=0", `a/b;c="d\"`, ";q=", ",,;;==", "gzip;q=1.000, identity;q=0", "\x00", `"`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		gqlhttp.NegotiateMedia(header)
		gqlhttp.NegotiateCodings(header)
		if strings.Contains(strings.ToLower(header), "json") || strings.Contains(strings.ToLower(header), "gzip") {
			return // it may weigh them down by name
		}
		if _, ok := gqlhttp.NegotiateMedia("application/json", header); !ok {
			t.Errorf("application/json, then %q: nothing acceptable", header)
		}
		if _, short, ok := gqlhttp.NegotiateCodings("gzip", header); !ok || short == "" {
			t.Errorf("gzip, then %q: nothing acceptable", header)
		}
	})
}
