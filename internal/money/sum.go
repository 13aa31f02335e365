package money

import "math/big"

// Sum adds up decimals exactly, however many there are. The zero value is an
// empty sum, ready to use. It is not safe for concurrent use.
type Sum struct {
	total big.Int
}

// Add adds d to the sum.
func (s *Sum) Add(d Decimal) { s.total.Add(&s.total, new(big.Int).SetUint64(d.d.Coef())) }

// Amount returns what has been added up so far, in a currency.
func (s *Sum) Amount(currency Currency) Amount { return Amount{currency: currency, text: s.total.String()} }
