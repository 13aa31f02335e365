package paymentlink

import (
	"slices"

	"paymentlinks/internal/money"
)

// CurrencySummary is counts and exact totals over the links of one currency.
type CurrencySummary struct {
	Currency money.Currency
	// Count counts links with and without an amount, Amounts those with one.
	Count, Amounts int
	// Total is the sum of the amounts asked for, OpenTotal the part of it
	// that stands on links whose state is open.
	Total, OpenTotal money.Amount

	min, max money.Decimal
}

// Min returns the smallest amount asked for; false when no link has an amount.
func (c *CurrencySummary) Min() (money.Amount, bool) {
	return money.NewAmount(c.min, c.Currency), c.Amounts > 0
}

// Max returns the largest amount asked for; false when no link has an amount.
func (c *CurrencySummary) Max() (money.Amount, bool) {
	return money.NewAmount(c.max, c.Currency), c.Amounts > 0
}

// Average returns Total divided by Amounts, rounded half away from zero to the
// currency's usual decimals; false when no link has an amount.
func (c *CurrencySummary) Average() (money.Amount, bool) {
	if c.Amounts == 0 {
		return money.Amount{}, false
	}
	return c.Total.DividedBy(c.Amounts), true
}

// tally adds up links by currency. Each take empties it for the next group of
// links, so that many groups cost no more than their links.
type tally struct {
	set     *Set
	totals  []currencyTotals // by facts.currency
	touched []uint16         // of those, the ones that are not empty
}

type currencyTotals struct {
	count, amounts int
	total, open    money.Sum
	min, max       money.Decimal
}

func newTally(s *Set) *tally {
	return &tally{set: s, totals: make([]currencyTotals, len(s.currencies)+1)}
}

func (t *tally) add(row int32, state State) {
	f := &t.set.facts[row]
	c := &t.totals[f.currency]
	if c.count == 0 {
		t.touched = append(t.touched, f.currency)
	}
	c.count++
	if !f.flags.has(hasAmount) {
		return
	}
	if c.amounts == 0 || f.amount.Cmp(c.min) < 0 {
		c.min = f.amount
	}
	if c.amounts == 0 || f.amount.Cmp(c.max) > 0 {
		c.max = f.amount
	}
	c.amounts++
	c.total.Add(f.amount)
	if state == StateOpen {
		c.open.Add(f.amount)
	}
}

// take returns what was added since the last time, by currency. Links without a
// currency are in none of them.
func (t *tally) take() []CurrencySummary {
	slices.Sort(t.touched)
	out := make([]CurrencySummary, 0, len(t.touched)) // it may be kept for as long as the list
	for _, i := range t.touched {
		c := &t.totals[i]
		if int(i) < len(t.set.currencies) {
			currency := t.set.currencies[i]
			out = append(out, CurrencySummary{
				Currency: currency, Count: c.count, Amounts: c.amounts,
				Total: c.total.Amount(currency), OpenTotal: c.open.Amount(currency), min: c.min, max: c.max,
			})
		}
		*c = currencyTotals{}
	}
	t.touched = t.touched[:0]
	return out
}
