package doorkeeper_test

import (
	"testing"

	"paymentlinks/internal/doorkeeper"
)

func TestWhatIsMetAgainIsAdmitted(t *testing.T) {
	var d doorkeeper.Doorkeeper
	for i, test := range []struct {
		hash uint64
		want bool
	}{{1, false}, {1, true}, {2, false}, {1, true}, {2, true}, {1 + 1<<14, false}, {1, false}} {
		if got := d.Admits(test.hash); got != test.want {
			t.Errorf("%d: %d is admitted: %v, want %v", i, test.hash, got, test.want)
		}
	}
}

// What comes often gets in during a flood.
func TestAFlood(t *testing.T) {
	var d doorkeeper.Doorkeeper
	admitted := 0
	for i := range uint64(100_000) {
		d.Admits(i * 0x9e3779b97f4a7c15)
		if i%100 == 0 && d.Admits(7) {
			admitted++
		}
	}
	if admitted < 900 {
		t.Errorf("admitted %d of 1,000 times", admitted)
	}
}
