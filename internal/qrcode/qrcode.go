package qrcode

import "errors"

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
