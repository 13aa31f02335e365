package qrcode

// Penalty is what the choice of a mask goes by, for modules given as Matrix
// returns them.
func Penalty(matrix []string) int {
	g := grid{side: len(matrix), rows: make([]row, len(matrix)), columns: make([]row, len(matrix))}
	for y, line := range matrix {
		for x := range line {
			if line[x] == '1' {
				g.rows[y][x/64] |= 1 << (x % 64)
				g.columns[x][y/64] |= 1 << (y % 64)
			}
		}
	}
	return g.penalty()
}
