package presenter_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"paymentlinks/graph/presenter"
	"paymentlinks/internal/fault"
)

// listError is an error that cannot be compared.
type listError []string

func (e listError) Error() string { return strings.Join(e, ", ") }

// An error that was not classified is logged once for an operation. One that
// cannot be compared is logged each time.
func TestUnclassifiedErrorsAreLoggedOnce(t *testing.T) {
	log := &bytes.Buffer{}
	seen := map[error]bool{}
	p := presenter.New(presenter.Config{
		Logger: slog.New(slog.NewTextHandler(log, nil)),
		IsNew: func(_ context.Context, err error) bool {
			isNew := !seen[err]
			seen[err] = true
			return isNew
		},
	})
	cause := errors.New("secret")
	for _, test := range []struct {
		err   error
		lines int
	}{
		{cause, 1}, {cause, 1}, {listError{"secret"}, 2}, {listError{"secret"}, 3}, {errors.New("secret"), 4},
	} {
		shown := p.Present(t.Context(), test.err)
		if shown.Message != "Internal error" || fault.KindOf(shown) != fault.Internal {
			t.Errorf("%T is shown as %v", test.err, shown)
		}
		if lines := strings.Count(log.String(), "\n"); lines != test.lines || strings.Contains(log.String(), "secret") {
			t.Errorf("%T: %d lines, want %d without its text: %s", test.err, lines, test.lines, log)
		}
	}
}
