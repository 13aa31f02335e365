package qrcode

import (
	"bytes"
	"encoding/binary"
	"hash/adler32"
	"hash/crc32"

	"github.com/klauspost/compress/flate"
)

// png draws every module as a square of the same whole number of pixels, as
// scanners want it; what is left of the size widens the quiet zone.
//
// The file is made here and not by image/png, which looks at a million pixels
// one by one: here a row of modules is packed once, and the rows of pixels
// below it say that they are as the one above (PNG, second edition, 9.2).
func (c *Code) png(sizePixels int) []byte {
	var file bytes.Buffer
	file.WriteString("\x89PNG\r\n\x1a\n")
	header := binary.BigEndian.AppendUint32(nil, uint32(sizePixels))
	header = binary.BigEndian.AppendUint32(header, uint32(sizePixels))
	// One bit a pixel, shades of grey, and the standard's only compression,
	// filters and order (11.2.2).
	appendChunk(&file, "IHDR", append(header, 1, 0, 0, 0, 0))
	appendChunk(&file, "IDAT", deflate(c.pixels(sizePixels)))
	appendChunk(&file, "IEND", nil)
	return file.Bytes()
}

// The filters of a row of pixels that are used here.
const (
	asItIs   = 0
	addAbove = 2 // to the row above; a row of zeros repeats it
)

// pixels packs the picture, a bit a pixel and 1 for white, with its filters.
func (c *Code) pixels(sizePixels int) []byte {
	scale, stride := scale(c.Modules(), sizePixels), 1+(sizePixels+7)/8
	margin := (sizePixels - scale*c.Modules()) / 2
	packed := make([]byte, sizePixels*stride)
	white := func(y int) []byte {
		line := packed[y*stride:][:stride]
		line[0] = asItIs
		for i := range line[1:] {
			line[1+i] = 0xff
		}
		return line[1:]
	}
	for y := range sizePixels {
		packed[y*stride] = addAbove
	}
	white(0)
	white(margin + scale*c.Modules())
	for y := range c.Modules() {
		line := white(margin + y*scale)
		for x := range c.Modules() {
			if !c.IsDark(x, y) {
				continue
			}
			for i := margin + x*scale; i < margin+(x+1)*scale; i++ {
				line[i/8] &^= 0x80 >> (i % 8)
			}
		}
	}
	return packed
}

// deflate compresses in the format that PNG asks for (RFC 1950).
func deflate(data []byte) []byte {
	var b bytes.Buffer
	b.WriteString("\x78\x01")
	_ = flate.StatelessDeflate(&b, data, true, nil) // a bytes.Buffer takes everything
	return binary.BigEndian.AppendUint32(b.Bytes(), adler32.Checksum(data))
}

// appendChunk appends a chunk of a PNG file (5.3).
func appendChunk(file *bytes.Buffer, name string, data []byte) {
	named := append([]byte(name), data...)
	_ = binary.Write(file, binary.BigEndian, uint32(len(data))) // a bytes.Buffer takes everything
	file.Write(named)
	_ = binary.Write(file, binary.BigEndian, crc32.ChecksumIEEE(named))
}
