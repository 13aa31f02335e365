package fault_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"paymentlinks/internal/fault"
)

func TestKindOf(t *testing.T) {
	tests := map[string]struct {
		err  error
		want fault.Kind
	}{
		"nil":                  {nil, ""},
		"classified":           {fault.New(fault.Forbidden, "No."), fault.Forbidden},
		"classified, wrapped":  {fmt.Errorf("list: %w", fault.New(fault.UpstreamTimeout, "Late.")), fault.UpstreamTimeout},
		"cause stays hidden":   {fault.Wrap(fault.UpstreamRejected, "No.", context.Canceled), fault.UpstreamRejected},
		"caller left":          {fmt.Errorf("wait: %w", context.Canceled), fault.Canceled},
		"deadline":             {fmt.Errorf("wait: %w", context.DeadlineExceeded), fault.Timeout},
		"nobody classified it": {errors.New("boom"), fault.Internal},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := fault.KindOf(test.err); got != test.want {
				t.Errorf("KindOf(%v) = %q, want %q", test.err, got, test.want)
			}
		})
	}
}

func TestKindsAreDistinct(t *testing.T) {
	seen := map[fault.Kind]bool{}
	for _, kind := range fault.Kinds() {
		if kind == "" || seen[kind] {
			t.Errorf("kind %q is empty or listed twice", kind)
		}
		seen[kind] = true
	}
}
