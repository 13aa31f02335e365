package config

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

type unit struct {
	name  string
	shift uint
}

// units returns the units of bytes, the largest first, with their powers of two.
func units() []unit {
	return []unit{{"TiB", 40}, {"GiB", 30}, {"MiB", 20}, {"KiB", 10}, {"B", 0}}
}

// parseBytes reads a whole number with or without a unit: 1048576, 1024KiB or 1MiB.
func parseBytes(text string) (int64, error) {
	digits, shift := text, uint(0)
	for _, u := range units() {
		if number, ok := strings.CutSuffix(digits, u.name); ok {
			digits, shift = number, u.shift
			break
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64>>shift {
		return 0, errors.New("expected a number of bytes, such as 65536, 64KiB or 1MiB")
	}
	return n << shift, nil
}

// printBytes uses the largest unit that loses nothing.
func printBytes(n int64) string {
	for _, u := range units() {
		if n != 0 && n%(1<<u.shift) == 0 {
			return strconv.FormatInt(n>>u.shift, 10) + u.name
		}
	}
	return "0"
}
