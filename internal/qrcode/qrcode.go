// Package qrcode draws a text as a QR code (ISO/IEC 18004) in the forms that
// frontends need: a picture's data: URI, or the modules themselves.
package qrcode

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strconv"

	"github.com/boombuler/barcode/qr"
)

// The bounds of a picture's width and height: smaller ones cannot be scanned,
// larger ones are a poster, for which there is SVG.
const (
	MinSizePixels = 64
	MaxSizePixels = 1024
)

// quietZone is the light margin that the standard asks for, in modules.
const quietZone = 4

// ErrTooLong is returned for a text that no code holds at the level.
var ErrTooLong = errors.New("text too long for a QR code")

// Level says how much of a code may be damaged and still be read.
type Level uint8

// The standard's four levels; the zero value is the weakest.
const (
	Low      Level = iota // about 7 %
	Medium                // about 15 %
	Quartile              // about 25 %
	High                  // about 30 %
)

// Levels returns every level in the order of the schema.
func Levels() []Level { return []Level{Low, Medium, Quartile, High} }

// String returns the schema's name.
func (l Level) String() string {
	switch l {
	case Medium:
		return "MEDIUM"
	case Quartile:
		return "QUARTILE"
	case High:
		return "HIGH"
	case Low:
	}
	return "LOW"
}

// Format is how a code is drawn.
type Format uint8

// The formats of a picture.
const (
	SVG Format = iota
	PNG
)

// Formats returns every format in the order of the schema.
func Formats() []Format { return []Format{SVG, PNG} }

// String returns the schema's name.
func (f Format) String() string {
	if f == PNG {
		return "PNG"
	}
	return "SVG"
}

// MediaType returns the format's media type.
func (f Format) MediaType() string {
	if f == PNG {
		return "image/png"
	}
	return "image/svg+xml"
}

// Code is the modules of one QR code. It is immutable and safe for concurrent use.
type Code struct {
	modules int
	dark    []bool // row by row
}

// Encode makes the smallest code that holds the text at the level. The error is
// ErrTooLong.
func Encode(text string, level Level) (*Code, error) {
	// The library knows the same four levels in the same order.
	drawn, err := qr.Encode(text, qr.ErrorCorrectionLevel(level), qr.Auto)
	if err != nil {
		return nil, ErrTooLong // the library's error quotes the text
	}
	modules := drawn.Bounds().Dx()
	c := &Code{modules: modules, dark: make([]bool, 0, modules*modules)}
	for y := range modules {
		for x := range modules {
			c.dark = append(c.dark, drawn.At(x, y) == color.Black)
		}
	}
	return c, nil
}

// Modules returns the modules per side, the quiet zone left out: 21 to 177.
func (c *Code) Modules() int { return c.modules }

// IsDark reports the module in column x of row y, both counted from 0.
func (c *Code) IsDark(x, y int) bool { return c.dark[y*c.modules+x] }

// Matrix returns one string of 0 (light) and 1 (dark) per row, the quiet zone
// left out.
func (c *Code) Matrix() []string {
	rows := make([]string, c.modules)
	row := make([]byte, c.modules)
	for y := range rows {
		for x := range row {
			row[x] = '0'
			if c.IsDark(x, y) {
				row[x] = '1'
			}
		}
		rows[y] = string(row)
	}
	return rows
}

// Fits reports whether a picture of that size can show the code: it is within
// the bounds, and a bitmap has at least a pixel for each module.
func (c *Code) Fits(format Format, sizePixels int) bool {
	if sizePixels < MinSizePixels || sizePixels > MaxSizePixels {
		return false
	}
	return format != PNG || c.scale(sizePixels) > 0
}

// DataURI draws the code with its quiet zone as a square of so many pixels,
// ready for the src of an image. The code has to fit that size.
func (c *Code) DataURI(format Format, sizePixels int) (string, error) {
	if !c.Fits(format, sizePixels) {
		return "", fmt.Errorf("a QR code of %d modules does not fit %d pixels", c.modules, sizePixels)
	}
	var picture []byte
	switch format {
	case SVG:
		picture = c.svg(sizePixels)
	case PNG:
		var err error
		if picture, err = c.png(sizePixels); err != nil {
			return "", fmt.Errorf("encode PNG: %w", err)
		}
	}
	return "data:" + format.MediaType() + ";base64," + base64.StdEncoding.EncodeToString(picture), nil
}

// scale is how many pixels of a bitmap a module is wide.
func (c *Code) scale(sizePixels int) int { return sizePixels / (c.modules + 2*quietZone) }

// svg draws each run of dark modules in a row as one rectangle of a single
// path, in a view box that counts modules.
func (c *Code) svg(sizePixels int) []byte {
	side := strconv.Itoa(c.modules + 2*quietZone)
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="%[1]d" viewBox="0 0 %[2]s %[2]s" shape-rendering="crispEdges">`+
		`<path fill="#fff" d="M0 0h%[2]sv%[2]sH0z"/><path d="`, sizePixels, side)
	for y := range c.modules {
		for x := 0; x < c.modules; {
			run := x
			for run < c.modules && c.IsDark(run, y) {
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

// png draws every module as a square of the same whole number of pixels, as
// scanners want it; what is left of the size widens the quiet zone.
func (c *Code) png(sizePixels int) ([]byte, error) {
	scale := c.scale(sizePixels)
	margin := (sizePixels - scale*c.modules) / 2
	picture := image.NewPaletted(image.Rect(0, 0, sizePixels, sizePixels), color.Palette{color.White, color.Black})
	for y := range c.modules {
		row := picture.Pix[(margin+y*scale)*picture.Stride:]
		for x := range c.modules {
			if c.IsDark(x, y) {
				dark := row[margin+x*scale:][:scale]
				for i := range dark {
					dark[i] = 1
				}
			}
		}
		for i := 1; i < scale; i++ { // the other rows of pixels are the same
			copy(row[i*picture.Stride:][:picture.Stride], row)
		}
	}
	var b bytes.Buffer
	err := png.Encode(&b, picture)
	return b.Bytes(), err
}
