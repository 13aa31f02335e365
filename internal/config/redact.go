package config

import (
	"fmt"
	"log/slog"
)

// redact tells that a secret is set, and no more.
func redact(secret string) string {
	if secret == "" {
		return ""
	}
	return "[redacted]"
}

// redacted is a copy to print.
func (c Callers) redacted() Callers {
	c.UserToken, c.APIKey = redact(c.UserToken), redact(c.APIKey)
	return c
}

// Format keeps the secrets out of every verb of package fmt.
func (c Callers) Format(f fmt.State, _ rune) {
	type plain Callers // without this method
	_, _ = fmt.Fprintf(f, "%+v", plain(c.redacted()))
}

// LogValue keeps the secrets out of slog.
func (c Callers) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(c)) }

// MarshalText keeps the secrets out of encoders.
func (c Callers) MarshalText() ([]byte, error) { return []byte(fmt.Sprint(c)), nil }
