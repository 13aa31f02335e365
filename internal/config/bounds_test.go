package config_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"paymentlinks/internal/config"
)

// beyond is the nearest value outside a bound, in the notation of the setting.
func beyond(t *testing.T, s config.Setting, bound string, step int64) string {
	t.Helper()
	switch s.Unit {
	case "duration":
		d, err := time.ParseDuration(bound)
		if err != nil {
			t.Fatal(err)
		}
		return (d + time.Duration(step)).String()
	case "bytes":
		var n int64
		unit := ""
		_, _ = fmt.Sscanf(bound, "%d%s", &n, &unit) // 0 has no unit
		return fmt.Sprint(n<<map[string]int{"KiB": 10, "MiB": 20, "GiB": 30, "TiB": 40}[unit] + step)
	}
	var n int64
	if _, err := fmt.Sscan(bound, &n); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(n + step)
}

// TestBounds tries both ends of every setting that is counted, as variable and as flag.
func TestBounds(t *testing.T) {
	counted := 0
	for _, s := range settings(t) {
		if s.Max == "" {
			continue
		}
		counted++
		for value, accepted := range map[string]bool{
			s.Min: true, s.Max: true, beyond(t, s, s.Min, -1): false, beyond(t, s, s.Max, +1): false, "many": false,
		} {
			_, _, err := config.Parse(nil, []string{s.Env + "=" + value}, io.Discard, io.Discard)
			if (err == nil) != accepted || (err != nil && !strings.Contains(err.Error(), s.Env)) {
				t.Errorf("%s=%s: error = %v, want accepted = %v, and the setting named", s.Env, value, err, accepted)
			}
			_, _, err = config.Parse([]string{"--" + s.Flag + "=" + value}, nil, io.Discard, io.Discard)
			if (err == nil) != accepted || (err != nil && !strings.Contains(err.Error(), "--"+s.Flag)) {
				t.Errorf("--%s=%s: error = %v, want accepted = %v, and the setting named", s.Flag, value, err, accepted)
			}
		}
	}
	if counted < 25 {
		t.Errorf("only %d settings have bounds", counted)
	}
}

// TestDefaultsWrittenOut sets every setting to what its documentation calls the default: nothing may change.
func TestDefaultsWrittenOut(t *testing.T) {
	var environ []string
	for _, s := range settings(t) {
		if strings.Contains(s.Default, " ") || s.Default == "none" {
			continue // described in words
		}
		environ = append(environ, s.Env+"="+s.Default)
	}
	if len(environ) < 35 {
		t.Errorf("only %d settings have a default that can be written out", len(environ))
	}
	if got := parse(t, nil, environ...).String(); got != "" {
		t.Errorf("with every default written out, these differ from it:\n%s", got)
	}
}

// TestFlagAndVariableAgree sets each setting in both ways: the outcome is the same, error or not.
func TestFlagAndVariableAgree(t *testing.T) {
	words := []string{"true", "off", "127.0.0.1:7", "a.example", "https://a.example", "America/Mexico_City", "error", "json", "10.0.0.0/8", "redis://a.example"}
	accepted := map[string]bool{}
	for _, s := range settings(t) {
		if strings.HasSuffix(s.Env, "_FILE") {
			continue // reads files
		}
		values := words
		switch {
		case s.Unit == "bytes":
			values = []string{"100KiB", "1GiB"}
		case s.Unit == "duration":
			values = []string{"30s"}
		case s.Unit != "":
			values = []string{"7"}
		}
		for _, value := range values {
			_, byVariable, variableErr := config.Parse(nil, []string{s.Env + "=" + value}, io.Discard, io.Discard)
			_, byFlag, flagErr := config.Parse([]string{"--" + s.Flag + "=" + value}, nil, io.Discard, io.Discard)
			if (variableErr == nil) != (flagErr == nil) || byVariable.String() != byFlag.String() {
				t.Errorf("%s=%s gives %v%v, --%s=%s gives %v%v", s.Env, value, byVariable, variableErr, s.Flag, value, byFlag, flagErr)
			}
			accepted[s.Env] = accepted[s.Env] || variableErr == nil
		}
	}
	// These need others beside them, whatever their value.
	for _, env := range []string{
		"PAYMENTLINKS_PRODUCTION", "PAYMENTLINKS_UPSTREAM_INSECURE", "PAYMENTLINKS_JWT_ISSUER", "PAYMENTLINKS_JWT_AUDIENCE",
		"PAYMENTLINKS_JWKS_URL", "PAYMENTLINKS_JWT_MERCHANT_CLAIM", "PAYMENTLINKS_TRUSTED_ONLY",
		"PAYMENTLINKS_REDIS_PASSWORD",
	} {
		if accepted[env] {
			t.Errorf("%s is accepted alone", env)
		}
		delete(accepted, env)
	}
	for env, ok := range accepted {
		if !ok {
			t.Errorf("%s accepts none of the values", env)
		}
	}
}

// FuzzParse hands any text to any setting: Parse must not panic, and its error
// must name the setting or the one it contradicts.
func FuzzParse(f *testing.F) {
	all, err := config.Settings()
	if err != nil {
		f.Fatal(err)
	}
	for i := range all {
		f.Add(uint8(i), "1")
	}
	for _, text := range []string{"", "0", "-1", "off", "1MiB", "15s", "https://api.example.com", "127.0.0.1:0", "[::1]:99999", "a,b,,", "'", `"`, "\\", "${HOME}", "\x00", "http://[::1", "%zz", "UTC", "../UTC"} {
		for _, i := range []uint8{0, 5, 10, 20} {
			f.Add(i, text)
		}
	}
	f.Fuzz(func(t *testing.T, i uint8, text string) {
		s := all[int(i)%len(all)]
		if strings.HasSuffix(s.Env, "_FILE") {
			return // reads files
		}
		_, c, err := config.Parse(nil, []string{s.Env + "=" + text}, io.Discard, io.Discard)
		if err != nil {
			if !strings.Contains(err.Error(), s.Env) {
				t.Errorf("%s=%q: error %q names another setting", s.Env, text, err)
			}
			return
		}
		if len(text) > 12 && strings.Contains(s.Env, "TOKEN") && strings.Contains(fmt.Sprintf("%v %+v", c, c.Callers), text) {
			t.Errorf("%s is printed: %v", s.Env, c)
		}
	})
}
