package qrcode_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"paymentlinks/internal/qrcode"
)

// naivePenalty counts the four features module by module, as the standard
// words them.
func naivePenalty(matrix []string) int {
	side, total, dark := len(matrix), 0, 0
	column := func(x int) string {
		var b strings.Builder
		for y := range side {
			b.WriteByte(matrix[y][x])
		}
		return b.String()
	}
	for i := range side {
		for _, line := range []string{matrix[i], column(i)} {
			for begin := 0; begin < side; {
				end := begin
				for end < side && line[end] == line[begin] {
					end++
				}
				if end-begin >= 5 {
					total += 3 + end - begin - 5
				}
				begin = end
			}
			for x := range side {
				if strings.HasPrefix(line[x:], "10111010000") || strings.HasPrefix(line[x:], "00001011101") {
					total += 40
				}
			}
		}
		dark += strings.Count(matrix[i], "1")
	}
	for y := 1; y < side; y++ {
		for x := 1; x < side; x++ {
			if m := matrix[y][x]; m == matrix[y-1][x] && m == matrix[y][x-1] && m == matrix[y-1][x-1] {
				total += 3
			}
		}
	}
	steps := 0
	for share := 5; share <= 50; share += 5 {
		if 100*dark >= (50+share)*side*side || 100*dark <= (50-share)*side*side {
			steps++
		}
	}
	return total + 10*steps
}

func TestPenaltyIsTheStandards(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for side := 21; side <= 177; side += 4 {
		for _, share := range []int{0, 10, 50, 75, 100} {
			matrix := make([]string, side)
			for y := range matrix {
				var line strings.Builder
				for line.Len() < side {
					switch {
					case random.IntN(12) == 0: // a finder pattern, now and then
						line.WriteString("00001011101000")
					case random.IntN(100) < share:
						line.WriteByte('1')
					default:
						line.WriteByte('0')
					}
				}
				matrix[y] = line.String()[:side]
			}
			if got, want := qrcode.Penalty(matrix), naivePenalty(matrix); got != want {
				t.Fatalf("%d modules, %d %% dark: got %d, want %d", side, share, got, want)
			}
		}
	}
}

func TestSideIsThatOfTheCode(t *testing.T) {
	for length := 1; length <= 2953; length += 97 {
		for _, level := range qrcode.Levels() {
			text := strings.Repeat("x", length)
			side, err := qrcode.Side(text, level)
			code, encodeErr := qrcode.Encode(text, level)
			if err != encodeErr { //nolint:errorlint // the very same sentinel, or none
				t.Fatalf("%d at %s: errors %v and %v", length, level, err, encodeErr)
			}
			if err == nil && side != code.Modules() {
				t.Errorf("%d at %s: told %d modules, drew %d", length, level, side, code.Modules())
			}
		}
	}
}
