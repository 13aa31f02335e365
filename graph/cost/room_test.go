package cost_test

import (
	"errors"
	"testing"

	"paymentlinks/graph/cost"
)

// TestAnswersAskForTheirMemory: small ones do not, large ones before they take
// it, and a refusal ends the field.
func TestAnswersAskForTheirMemory(t *testing.T) {
	const kib = 1 << 10
	full := errors.New("full")
	budget := cost.NewBudget(cost.Limits{})
	held := int64(0)
	budget.Within(func(bytes int64) error {
		if held+bytes > 1000*kib {
			return full
		}
		held += bytes
		return nil
	})
	for _, step := range []struct {
		item cost.Item
		n    int
		held int64
		want error
	}{
		{cost.Bytes, 64 * kib, 0, nil},
		{cost.Bytes, 36 * kib, 300 * kib, nil},
		{cost.Links, 50_000, 300 * kib, nil},
		{cost.Bytes, 200 * kib, 900 * kib, nil},
		{cost.Bytes, 100 * kib, 900 * kib, full},
	} {
		if err := budget.Charge(step.item, step.n); !errors.Is(err, step.want) || held != step.held {
			t.Errorf("charged %d: error = %v with %d held, want %v with %d", step.n, err, held, step.want, step.held)
		}
	}
}
