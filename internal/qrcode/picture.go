package qrcode

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strconv"
)

// Fits reports whether a picture of that size can show a code of so many
// modules per side: the size is within the bounds, and a bitmap has at least a
// pixel for each module.
func Fits(side int, format Format, sizePixels int) bool {
	if sizePixels < MinSizePixels || sizePixels > MaxSizePixels {
		return false
	}
	return format != PNG || scale(side, sizePixels) > 0
}

// DataURI draws the code with its quiet zone as a square of so many pixels,
// ready for the src of an image. The code has to fit that size.
func (c *Code) DataURI(format Format, sizePixels int) (string, error) {
	if !Fits(c.Modules(), format, sizePixels) {
		return "", fmt.Errorf("a QR code of %d modules does not fit %d pixels", c.Modules(), sizePixels)
	}
	var picture []byte
	switch format {
	case SVG:
		picture = c.svg(sizePixels)
	case PNG:
		picture = c.png(sizePixels)
	}
	return "data:" + format.MediaType() + ";base64," + base64.StdEncoding.EncodeToString(picture), nil
}

// scale is how many pixels of a bitmap a module is wide.
func scale(side, sizePixels int) int { return sizePixels / (side + 2*quietZone) }

// svg draws each run of dark modules in a row as one rectangle of a single
// path, in a view box that counts modules.
func (c *Code) svg(sizePixels int) []byte {
	side := strconv.Itoa(c.Modules() + 2*quietZone)
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="%[1]d" viewBox="0 0 %[2]s %[2]s" shape-rendering="crispEdges">`+
		`<path fill="#fff" d="M0 0h%[2]sv%[2]sH0z"/><path d="`, sizePixels, side)
	for y := range c.Modules() {
		for x := 0; x < c.Modules(); {
			run := x
			for run < c.Modules() && c.IsDark(run, y) {
				run++
			}
			if run > x {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+quietZone, y+quietZone, run-x, run-x)
			}
			x = run + 1
		}
	}
	b.WriteString(`"/></svg>`)
	return b.Bytes()
}
