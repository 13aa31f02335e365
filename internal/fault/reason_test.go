package fault_test

import (
	"errors"
	"strings"
	"testing"

	"paymentlinks/internal/fault"
)

func TestReasonOf(t *testing.T) {
	long := strings.Repeat("x", 200)
	because := fault.Because("the host is %q", fault.Cut("a\n\x1b[31m"+long))
	tests := map[string]struct {
		err  error
		want string
	}{
		"wrapped":       {fault.Wrap(fault.Misdirected, "No.", because), `the host is "a\n\x1b[31m` + long[:93] + `..."`},
		"of another":    {fault.Wrap(fault.Internal, "No.", errors.New("secret")), ""},
		"without cause": {fault.New(fault.Internal, "No."), ""},
		"none":          {nil, ""},
	}
	for name, test := range tests {
		if got := fault.ReasonOf(test.err); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}
