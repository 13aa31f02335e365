package qrcode

import (
	"math/bits"

	"rsc.io/qr/coding"
)

// masks is how many masks the standard has.
const masks = 8

// words is how many words hold the widest row: 177 modules.
const words = 3

// row is the modules of one row, or of one column, from the lowest bit on; a
// dark module is 1.
type row [words]uint64

// grid is the modules of a code, by rows and by columns.
type grid struct {
	side          int
	rows, columns []row
}

func newGrid(drawn *coding.Code) grid {
	g := grid{side: drawn.Size, rows: make([]row, drawn.Size), columns: make([]row, drawn.Size)}
	for y := range g.side {
		for x := range g.side {
			if drawn.Black(x, y) {
				g.rows[y][x/64] |= 1 << (x % 64)
				g.columns[x][y/64] |= 1 << (y % 64)
			}
		}
	}
	return g
}

func (g grid) isDark(x, y int) bool { return g.rows[y][x/64]>>(x%64)&1 == 1 }

// penalty is how hard a masked code is to read, by the four features of
// ISO/IEC 18004, 7.8.3. All modules of a line are looked at together.
func (g grid) penalty() int {
	total, dark := 0, 0
	for _, lines := range [][]row{g.rows, g.columns} {
		for _, line := range lines {
			total += line.runs(g.side) + 40*line.finders(g.side)
		}
	}
	for y, line := range g.rows {
		dark += line.count()
		if y > 0 {
			total += 3 * line.blocks(g.rows[y-1], g.side)
		}
	}
	// 10 for every 5 % by which the share of dark modules is away from half.
	area := g.side * g.side
	return total + 10*(abs(20*dark-10*area)/area)
}

// runs is the first feature: a run of five or more equal modules counts its
// length less two.
func (r row) runs(side int) int {
	equal := r.xor(r.shift(1)).not(side - 1) // module i is as module i+1
	long := equal.and(equal.shift(1))
	long = long.and(long.shift(2))
	// A run of n has n-4 places where five begin, the first of which begins the run.
	begins := long.and(long.shiftUp().not(side))
	return long.count() + 2*begins.count()
}

// blocks is the second feature: squares of two by two equal modules.
func (r row) blocks(above row, side int) int {
	across := r.xor(r.shift(1)).not(side - 1)
	down := r.xor(above).not(side)
	return across.and(down).and(down.shift(1)).count()
}

// finders is the third feature: places that look like a finder pattern, dark
// and light as 1:1:3:1:1, with four light modules before or behind.
func (r row) finders(side int) int {
	light := r.not(side)
	core := r.and(r.shift(2)).and(r.shift(3)).and(r.shift(4)).and(r.shift(6)).and(light.shift(1)).and(light.shift(5))
	if core == (row{}) {
		return 0
	}
	four := light.and(light.shift(1))
	four = four.and(four.shift(2))
	return core.and(four.shift(7)).count() + four.and(core.shift(4)).count()
}

// shift returns the row whose module i is module i+n of r; n is below 64.
func (r row) shift(n int) (shifted row) {
	for i := range r {
		shifted[i] = r[i] >> n
		if i+1 < words {
			shifted[i] |= r[i+1] << (64 - n)
		}
	}
	return shifted
}

// shiftUp returns the row whose module i is module i-1 of r.
func (r row) shiftUp() (shifted row) {
	for i := range r {
		shifted[i] = r[i] << 1
		if i > 0 {
			shifted[i] |= r[i-1] >> 63
		}
	}
	return shifted
}

func (r row) and(other row) row {
	for i := range r {
		r[i] &= other[i]
	}
	return r
}

func (r row) xor(other row) row {
	for i := range r {
		r[i] ^= other[i]
	}
	return r
}

// not inverts the first n modules and clears the others.
func (r row) not(n int) row {
	for i := range r {
		switch rest := n - 64*i; {
		case rest <= 0:
			r[i] = 0
		case rest < 64:
			r[i] = ^r[i] & (1<<rest - 1)
		default:
			r[i] = ^r[i]
		}
	}
	return r
}

func (r row) count() int {
	n := 0
	for _, word := range r {
		n += bits.OnesCount64(word)
	}
	return n
}

func abs(n int) int { return max(n, -n) }
