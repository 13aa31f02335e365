package money

import (
	"math"
	"math/big"
	"math/bits"
)

// Sum adds up decimals exactly, however many there are. The zero value is an
// empty sum, ready to use. It is not safe for concurrent use, and must not be
// copied once something was added.
//
// Everyday values (at most four decimals, totals below some 900 million
// million) are added in one machine word; what does not fit goes to a
// big.Int. Both parts count, so nothing has to be moved back.
type Sum struct {
	small int64   // in units of 10^-smallScale
	large big.Int // in units of 10^-MaxDigits
}

const smallScale = 4

// Add adds d to the sum. It allocates only for values or totals that are not everyday.
func (s *Sum) Add(d Decimal) {
	units, ok := d.units()
	if !ok {
		s.addLarge(d)
		return
	}
	sum := s.small + units
	if (sum > s.small) != (units > 0) && units != 0 { // overflow
		s.large.Add(&s.large, fromUnits(s.small))
		sum = units
	}
	s.small = sum
}

// units returns d in units of 10^-smallScale, if it has no finer part and fits.
func (d Decimal) units() (int64, bool) {
	scale := d.d.Scale()
	if scale > smallScale {
		return 0, false
	}
	high, low := bits.Mul64(d.d.Coef(), pow10(smallScale-scale))
	if high != 0 || low > math.MaxInt64 {
		return 0, false
	}
	if d.d.IsNeg() {
		return -int64(low), true
	}
	return int64(low), true
}

func (s *Sum) addLarge(d Decimal) {
	n := new(big.Int).SetUint64(d.d.Coef())
	n.Mul(n, new(big.Int).SetUint64(pow10(MaxDigits-d.d.Scale())))
	if d.d.IsNeg() {
		n.Neg(n)
	}
	s.large.Add(&s.large, n)
}

// fromUnits converts units of 10^-smallScale to units of 10^-MaxDigits.
func fromUnits(units int64) *big.Int {
	n := big.NewInt(units)
	return n.Mul(n, new(big.Int).SetUint64(pow10(MaxDigits-smallScale)))
}

// Amount returns what has been added up so far, in a currency.
func (s *Sum) Amount(currency Currency) Amount {
	if s.large.Sign() == 0 {
		return NewAmount(decimalOfUnits(s.small), currency)
	}
	total := fromUnits(s.small)
	total.Add(total, &s.large)
	return amountOf(place(total.Sign() < 0, new(big.Int).Abs(total).String(), MaxDigits), currency)
}

// decimalOfUnits is the way back from units; every int64 fits a Decimal.
func decimalOfUnits(units int64) Decimal {
	scale := smallScale
	for scale > 0 && units%10 == 0 {
		units /= 10
		scale--
	}
	if units < 0 {
		return newDecimal(true, uint64(-units), scale)
	}
	return newDecimal(false, uint64(units), scale)
}
