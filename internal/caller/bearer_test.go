package caller //nolint:testpackage // bearer is not exported, and its fuzzer needs no issuer

import (
	"strings"
	"testing"

	"paymentlinks/internal/fault"
)

func TestBearer(t *testing.T) {
	tests := map[string]struct {
		values []string
		token  string
		kind   fault.Kind // of the error, "" for none
	}{
		"absent":            {nil, "", ""},
		"empty":             {[]string{""}, "", ""},
		"usual":             {[]string{"Bearer a.b.c"}, "a.b.c", ""},
		"any case":          {[]string{"bEARER a.b.c"}, "a.b.c", ""},
		"several spaces":    {[]string{"Bearer   a.b.c"}, "a.b.c", ""},
		"all characters":    {[]string{"Bearer aZ09-._~+/=="}, "aZ09-._~+/==", ""},
		"longest":           {[]string{"Bearer " + strings.Repeat("a", 8192)}, strings.Repeat("a", 8192), ""},
		"too long":          {[]string{"Bearer " + strings.Repeat("a", 8193)}, "", fault.Unauthenticated},
		"other scheme":      {[]string{"Basic dTpw"}, "", ""},
		"longer scheme":     {[]string{"Bearers a.b.c"}, "", ""},
		"no token":          {[]string{"Bearer"}, "", fault.Unauthenticated},
		"spaces alone":      {[]string{"Bearer   "}, "", fault.Unauthenticated},
		"padding alone":     {[]string{"Bearer =="}, "", fault.Unauthenticated},
		"padding inside":    {[]string{"Bearer a=b"}, "", fault.Unauthenticated},
		"comma":             {[]string{"Bearer a, Bearer b"}, "", fault.Unauthenticated},
		"parameters":        {[]string{`Bearer realm="x"`}, "", fault.Unauthenticated},
		"trailing space":    {[]string{"Bearer a "}, "", fault.Unauthenticated},
		"control character": {[]string{"Bearer a\x00"}, "", fault.Unauthenticated},
		"tab":               {[]string{"Bearer\ta"}, "", fault.Unauthenticated},
		"tab after a space": {[]string{"Bearer \ta"}, "", fault.Unauthenticated},
		"two values":        {[]string{"Bearer a", "Bearer a"}, "", fault.Unauthenticated},
		"two schemes":       {[]string{"Basic a", "Digest b"}, "", fault.Unauthenticated},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			token, ok, err := bearer(test.values)
			if token != test.token || ok != (test.token != "") || fault.KindOf(err) != test.kind {
				t.Errorf("bearer(%.60q) = %.60q, %v, %v; want %.60q and kind %q", test.values, token, ok, err, test.token, test.kind)
			}
		})
	}
}

func FuzzBearer(f *testing.F) {
	for _, seed := range []string{"", "Bearer", "Bearer a.b.c", "bearer  x==", "Basic dTpw", "Bearer a b", "Bearer \x7f", "Béarer a"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		token, ok, err := bearer([]string{value})
		isBearer := len(value) >= 6 && strings.EqualFold(value[:6], "bearer") && (len(value) == 6 || value[6] == ' ' || value[6] == '\t')
		switch {
		case ok && err != nil:
			t.Fatalf("bearer(%q): both a token and an error", value)
		case isBearer != (ok || err != nil):
			t.Fatalf("bearer(%q) = %q, %v, %v", value, token, ok, err)
		case ok && (token == "" || len(token) > maxTokenBytes || !strings.HasSuffix(value, " "+token) || strings.ContainsAny(token, " ,\t\r\n\"\x00")):
			t.Fatalf("bearer(%q) accepted %q", value, token)
		case !ok && token != "":
			t.Fatalf("bearer(%q) refused and returned %q", value, token)
		case err != nil && len(value) > 20 && strings.Contains(err.Error(), value[7:]):
			t.Fatalf("the error holds the token: %v", err)
		}
	})
}
