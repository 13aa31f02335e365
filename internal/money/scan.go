package money

// number is a scanned number: digits × 10^exponent, where the digits begin and
// end with one that is not zero. No digits at all is zero.
type number struct {
	negative bool
	coef     uint64 // the digits, meaningful while there are at most MaxDigits
	digits   int    // how many, clamped to MaxDigits+1
	exponent int64  // of the last digit
}

// exponentBound is where a written exponent stops growing: no text is long
// enough for its decimals to make up for it, and no sum with a length overflows.
const exponentBound = 1 << 56

// scan reads the grammar of JSON numbers in one pass and without allocating.
func scan(s string) (number, error) {
	var n number
	var pendingZeros int // zeros that count only if another digit follows
	i := 0
	if i < len(s) && s[i] == '-' {
		n.negative = true
		i++
	}
	take := func() (count int) {
		for ; i < len(s) && '0' <= s[i] && s[i] <= '9'; i++ {
			count++
			if s[i] == '0' {
				pendingZeros++
				continue
			}
			n.push(pendingZeros, s[i]-'0')
			pendingZeros = 0
		}
		return count
	}

	start := i
	whole := take()
	if whole == 0 || whole > 1 && s[start] == '0' {
		return number{}, ErrSyntax
	}
	fraction := 0
	if i < len(s) && s[i] == '.' {
		i++
		if fraction = take(); fraction == 0 {
			return number{}, ErrSyntax
		}
	}
	exponent, err := scanExponent(s[i:])
	if err != nil {
		return number{}, err
	}
	if n.digits == 0 {
		return number{}, nil
	}
	// The last digit pushed stands pendingZeros places before the end.
	n.exponent = exponent - int64(fraction) + int64(pendingZeros)
	return n, nil
}

// push appends zeros (ignored in front of the first digit) and one digit.
func (n *number) push(zeros int, digit byte) {
	if n.digits > 0 {
		n.digits += zeros
	}
	n.digits++
	if n.digits > MaxDigits {
		n.digits = MaxDigits + 1
		return
	}
	if n.coef > 0 {
		n.coef *= pow10(zeros)
	}
	n.coef = n.coef*10 + uint64(digit)
}

// scanExponent reads an exponent part or nothing; the result stays
// within ±exponentBound.
func scanExponent(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	if s[0] != 'e' && s[0] != 'E' {
		return 0, ErrSyntax
	}
	s = s[1:]
	sign := int64(1)
	if s != "" && (s[0] == '+' || s[0] == '-') {
		if s[0] == '-' {
			sign = -1
		}
		s = s[1:]
	}
	if s == "" {
		return 0, ErrSyntax
	}
	exponent := int64(0)
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, ErrSyntax
		}
		exponent = min(exponent*10+int64(c-'0'), exponentBound)
	}
	return sign * exponent, nil
}

// decimal returns n if it fits. The error is ErrTooLong.
func (n number) decimal() (Decimal, error) {
	switch {
	case n.digits == 0:
		return Decimal{}, nil
	case n.exponent < -MaxDigits || int64(n.digits)+max(n.exponent, 0) > MaxDigits:
		return Decimal{}, ErrTooLong
	case n.exponent >= 0:
		return newDecimal(n.negative, n.coef*pow10(int(n.exponent)), 0), nil
	}
	return newDecimal(n.negative, n.coef, int(-n.exponent)), nil
}

// pow10 returns 10^n; n is below 20.
func pow10(n int) uint64 {
	p := uint64(1)
	for range n {
		p *= 10
	}
	return p
}
