package config

import (
	"io"
	"log/slog"
)

// Logger returns a logger that writes to w in the format and from the level
// that are set. Durations are text with their unit, such as 1.5s, in both formats.
func (l Log) Logger(w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: l.LogLevel, ReplaceAttr: durationsAsText}
	if l.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// durationsAsText gives a duration its unit: JSON has bare nanoseconds for it.
func durationsAsText(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		a.Value = slog.StringValue(a.Value.Duration().String())
	}
	return a
}
