package money

import (
	"math/big"
	"strings"
)

// averageDecimals is how many decimals an average has in a currency without
// known ones: what most currencies have.
const averageDecimals = 2

// DividedBy returns a divided by n, which must be positive, rounded half away
// from zero to the currency's usual decimals, or to two where none are known.
func (a Amount) DividedBy(n int) Amount {
	var space [textSpace]byte
	whole, fraction, _ := strings.Cut(string(a.appendText(space[:0])), ".")
	digits, ok := a.currency.Digits()
	if !ok {
		digits = averageDecimals
	}
	// a is units / 10^scale. What is sought is units * 10^digits / (10^scale * n).
	units, _ := new(big.Int).SetString(whole+fraction, 10) // the text is a number
	isNegative := units.Sign() < 0
	units.Abs(units).Mul(units, powerOfTen(digits))
	divisor := powerOfTen(len(fraction))
	divisor.Mul(divisor, big.NewInt(int64(n)))
	// Half a divisor more, and cut off what is left: both doubled, to stay whole.
	units.Lsh(units, 1).Add(units, divisor).Quo(units, divisor.Lsh(divisor, 1))
	return amountOf(place(isNegative, units.String(), digits), a.currency)
}

// amountOf reads the text of a number. One that is wider than a Decimal stays text.
func amountOf(text string, currency Currency) Amount {
	if value, err := ParseDecimal(text); err == nil {
		return NewAmount(value, currency)
	}
	if strings.Contains(text, ".") {
		text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	}
	return Amount{currency: currency, wide: text}
}

func powerOfTen(n int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}
