package config

import (
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// The named mappers of settings: what type:"…" in a field's tag may say. The
// fields themselves are of plain types, so that a group of settings converts to
// the Settings of the room that it is for.
const (
	asBytes      = "bytes"       // an integer, read with a unit such as 1MiB
	asLimit      = "limit"       // an integer: 0 is written for off, and becomes -1
	asBytesLimit = "bytes-limit" // both
	asSecret     = "secret"      // a string that is never printed
	asOff        = "off"         // a bool: off is true, on is false
	asSwitch     = "switch"      // a bool, on or off
	asZone       = "zone"        // a *time.Location, by its IANA name
	asLevel      = "level"       // a slog.Level, by its name
	asLogFormat  = "log-format"  // a string: text or json
	asAccessLog  = "access-log"  // a string: all, failures or off
)

// off is what the rooms take for a limit that is switched off: their 0 is
// their default.
const off = -1

// format is how one kind of setting is read and printed.
type format struct {
	// parse returns a value that converts to the field's type.
	parse func(text string) (any, error)
	// print gives it as its variable would be written.
	print func(v reflect.Value) string
}

// formats returns the formats by the name that a field's tag gives.
func formats() map[string]format {
	return map[string]format{
		asBytes:      {orError(parseBytes), func(v reflect.Value) string { return printBytes(v.Int()) }},
		asLimit:      {orOff(parseCount), func(v reflect.Value) string { return strconv.FormatInt(max(v.Int(), 0), 10) }},
		asBytesLimit: {orOff(parseBytes), func(v reflect.Value) string { return printBytes(max(v.Int(), 0)) }},
		asSecret:     {orError(func(text string) (string, error) { return text, nil }), func(v reflect.Value) string { return redact(v.String()) }},
		asOff:        {orError(parseOff), func(v reflect.Value) string { return printSwitch(!v.Bool()) }},
		asSwitch:     {orError(parseSwitch), func(v reflect.Value) string { return printSwitch(v.Bool()) }},
		asZone:       {orError(parseZone), func(v reflect.Value) string { return fmt.Sprint(v.Interface()) }},
		asAccessLog:  {orError(parseAccessLog), func(v reflect.Value) string { return v.String() }},
		asLogFormat:  {orError(parseLogFormat), func(v reflect.Value) string { return v.String() }},
		asLevel:      {orError(parseLevel), func(v reflect.Value) string { return strings.ToLower(slog.Level(v.Int()).String()) }},
	}
}

// mappers hands the formats to kong.
func mappers() []kong.Option {
	var options []kong.Option
	for name, f := range formats() {
		options = append(options, kong.NamedMapper(name, kong.MapperFunc(func(ctx *kong.DecodeContext, target reflect.Value) error {
			var text string
			if err := ctx.Scan.PopValueInto("value", &text); err != nil {
				return err
			}
			value, err := f.parse(text)
			if err != nil {
				return err
			}
			target.Set(reflect.ValueOf(value).Convert(target.Type()))
			return nil
		})))
	}
	return options
}

func orError[T any](parse func(string) (T, error)) func(string) (any, error) {
	return func(text string) (any, error) { return parse(text) }
}

// orOff turns the 0 that is written for off into what the rooms take for it.
func orOff(parse func(string) (int64, error)) func(string) (any, error) {
	return func(text string) (any, error) {
		n, err := parse(text)
		if n == 0 {
			n = off
		}
		return n, err
	}
}

func parseCount(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, errors.New("expected a whole number, 0 or more")
	}
	return n, nil
}

func parseSwitch(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "on":
		return true, nil
	case "off":
		return false, nil
	}
	return false, errors.New("expected on or off")
}

func parseOff(text string) (bool, error) {
	on, err := parseSwitch(text)
	return !on, err
}

func printSwitch(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// parseZone leaves out the machine's own zone: it says nothing about upstream.
func parseZone(text string) (*time.Location, error) {
	location, err := time.LoadLocation(text)
	if err != nil || text == "Local" {
		return nil, errors.New("expected an IANA zone such as America/Mexico_City")
	}
	return location, nil
}

func parseLevel(text string) (slog.Level, error) {
	switch strings.ToLower(text) {
	case "debug":
		return slog.LevelDebug, nil
	case "info":
		return slog.LevelInfo, nil
	case "warn":
		return slog.LevelWarn, nil
	case "error":
		return slog.LevelError, nil
	}
	return 0, errors.New("expected debug, info, warn or error")
}

func parseLogFormat(text string) (string, error) {
	switch lower := strings.ToLower(text); lower {
	case "text", "json":
		return lower, nil
	}
	return "", errors.New("expected text or json")
}

func parseAccessLog(text string) (string, error) {
	switch lower := strings.ToLower(text); lower {
	case "all", "failures", "off":
		return lower, nil
	}
	return "", errors.New("expected all, failures or off")
}
