package qrcode

import "rsc.io/qr/coding"

// Code is the modules of one QR code. It is immutable and safe for concurrent use.
type Code struct {
	grid grid
}

// Encode makes one code: see [Encoder.Encode].
func Encode(text string, level Level) (*Code, error) {
	var encoder Encoder
	return encoder.Encode(text, level)
}

// Encoder makes many codes. It keeps what codes of one size and level share.
// The zero value is ready. It is not safe for concurrent use.
type Encoder struct {
	version coding.Version
	level   Level
	plans   [masks]*coding.Plan // of version and level; nil before the first code
}

// Encode makes the smallest code that holds the text at the level, with the
// mask that the standard chooses (ISO/IEC 18004, 7.8.3). It takes some 100 ns
// for each module. The error is ErrTooLong.
func (e *Encoder) Encode(text string, level Level) (*Code, error) {
	version, payload, ok := fit(text, level)
	if !ok || e.prepare(version, level) != nil {
		return nil, ErrTooLong
	}
	var best Code
	least := -1
	for _, plan := range e.plans {
		drawn, err := plan.Encode(payload)
		if err != nil {
			return nil, ErrTooLong // the library's error quotes the text
		}
		grid := newGrid(drawn)
		if p := grid.penalty(); least < 0 || p < least {
			best, least = Code{grid: grid}, p
		}
	}
	return &best, nil
}

// prepare makes the plans of a version and level, one for each mask.
func (e *Encoder) prepare(version coding.Version, level Level) error {
	if e.plans[0] != nil && e.version == version && e.level == level {
		return nil
	}
	*e = Encoder{version: version, level: level}
	for mask := range e.plans {
		plan, err := coding.NewPlan(version, coding.Level(level), coding.Mask(mask))
		if err != nil {
			e.plans[0] = nil
			return err
		}
		e.plans[mask] = plan
	}
	return nil
}

// Side returns the modules per side of the code that Encode would make, without
// making it: what it costs is known first. The error is ErrTooLong.
func Side(text string, level Level) (int, error) {
	version, _, ok := fit(text, level)
	if !ok {
		return 0, ErrTooLong
	}
	return 17 + 4*int(version), nil
}

// fit finds the smallest version and the mode that hold the text.
func fit(text string, level Level) (coding.Version, coding.Encoding, bool) {
	var payload coding.Encoding = coding.String(text)
	if number := coding.Num(text); number.Check() == nil {
		payload = number
	} else if alphanumeric := coding.Alpha(text); alphanumeric.Check() == nil {
		payload = alphanumeric
	}
	for version := coding.Version(coding.MinVersion); version <= coding.MaxVersion; version++ {
		if payload.Bits(version) <= version.DataBytes(coding.Level(level))*8 {
			return version, payload, true
		}
	}
	return 0, nil, false
}

// Modules returns the modules per side, the quiet zone left out: 21 to 177.
func (c *Code) Modules() int { return c.grid.side }

// IsDark reports the module in column x of row y, both counted from 0.
func (c *Code) IsDark(x, y int) bool { return c.grid.isDark(x, y) }

// Matrix returns one string of 0 (light) and 1 (dark) per row, the quiet zone
// left out.
func (c *Code) Matrix() []string {
	rows := make([]string, c.Modules())
	row := make([]byte, c.Modules())
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
