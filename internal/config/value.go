package config

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strconv"
	"strings"
)

const redacted = "[redacted]"

// Secret is a setting that never prints itself. The zero value is not set.
type Secret struct{ text string }

// Reveal returns the secret, for the one who uses it.
func (s Secret) Reveal() string { return s.text }

// IsSet reports whether there is one.
func (s Secret) IsSet() bool { return s.text != "" }

// UnmarshalText takes any text over.
func (s *Secret) UnmarshalText(text []byte) error {
	s.text = string(text)
	return nil
}

// MarshalText keeps the secret out of encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// String says whether the secret is set, and no more.
func (s Secret) String() string {
	if !s.IsSet() {
		return ""
	}
	return redacted
}

// Format keeps the secret out of every verb of package fmt.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// LogValue keeps the secret out of slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Bytes is a number of bytes, written 1048576, 1024KiB or 1MiB.
type Bytes int64

// units returns the units of Bytes, the largest first, with their powers of two.
func units() []struct {
	name  string
	shift uint
} {
	return []struct {
		name  string
		shift uint
	}{{"TiB", 40}, {"GiB", 30}, {"MiB", 20}, {"KiB", 10}, {"B", 0}}
}

// UnmarshalText reads a whole number with or without a unit.
func (b *Bytes) UnmarshalText(text []byte) error {
	digits, shift := string(text), uint(0)
	for _, unit := range units() {
		if number, ok := strings.CutSuffix(digits, unit.name); ok {
			digits, shift = number, unit.shift
			break
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64>>shift {
		return errors.New("expected a number of bytes, such as 65536, 64KiB or 1MiB")
	}
	*b = Bytes(n << shift)
	return nil
}

// String uses the largest unit that loses nothing.
func (b Bytes) String() string {
	for _, unit := range units() {
		if b != 0 && b%(1<<unit.shift) == 0 {
			return strconv.FormatInt(int64(b>>unit.shift), 10) + unit.name
		}
	}
	return "0"
}

// Switch is the text on or off; the zero value is off.
type Switch string

// IsOn reports whether it is on.
func (s Switch) IsOn() bool { return s == "on" }

// UnmarshalText reads on or off.
func (s *Switch) UnmarshalText(text []byte) error {
	switch lower := strings.ToLower(string(text)); lower {
	case "on", "off":
		*s = Switch(lower)
		return nil
	}
	return errors.New("expected on or off")
}

// Level is a level of the log.
type Level slog.Level

// UnmarshalText reads the four named levels.
func (l *Level) UnmarshalText(text []byte) error {
	switch strings.ToLower(string(text)) {
	case "debug":
		*l = Level(slog.LevelDebug)
	case "info":
		*l = Level(slog.LevelInfo)
	case "warn":
		*l = Level(slog.LevelWarn)
	case "error":
		*l = Level(slog.LevelError)
	default:
		return errors.New("expected debug, info, warn or error")
	}
	return nil
}

// String gives the name that UnmarshalText reads.
func (l Level) String() string { return strings.ToLower(slog.Level(l).String()) }

// AccessLog is which requests are logged: all, failures or off.
type AccessLog string

// UnmarshalText reads all, failures or off.
func (a *AccessLog) UnmarshalText(text []byte) error {
	switch lower := strings.ToLower(string(text)); lower {
	case "all", "failures", "off":
		*a = AccessLog(lower)
		return nil
	}
	return errors.New("expected all, failures or off")
}

// Format is a format of the log: text or json.
type Format string

// UnmarshalText reads text or json.
func (f *Format) UnmarshalText(text []byte) error {
	switch lower := strings.ToLower(string(text)); lower {
	case "text", "json":
		*f = Format(lower)
		return nil
	}
	return errors.New("expected text or json")
}
