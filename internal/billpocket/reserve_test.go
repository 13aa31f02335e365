package billpocket_test

import (
	"context"
	"testing"

	"paymentlinks/internal/billpocket"
	"paymentlinks/internal/fault"
)

// room counts what a client reserves, and refuses what is beyond its bytes.
type room struct{ bytes, held, most int64 }

func (r *room) reserve() (grow func(context.Context, int64) error, release func()) {
	grow = func(_ context.Context, bytes int64) error {
		if r.held+bytes > r.bytes {
			return fault.New(fault.Overloaded, "No room.")
		}
		r.held += bytes
		r.most = max(r.most, r.held)
		return nil
	}
	return grow, func() { r.held = 0 }
}

// TestBodiesAskForTheirMemory: for what has come, not for what was announced,
// and for what is made of it; all is given back.
func TestBodiesAskForTheirMemory(t *testing.T) {
	const size = 1 << 20
	for name, test := range map[string]struct {
		transport roundTripper
		bytes     int64
		want      fault.Kind
		most      int64 // that is asked for, at most
	}{
		"enough":                       {answering(200, padded(size)), 16 << 20, "", 8 * size},
		"too little for the body":      {answering(200, padded(size)), size / 2, fault.Overloaded, size / 2},
		"too little for what is made":  {answering(200, padded(size)), 2*size + size/2, fault.Overloaded, 2*size + size/2},
		"much announced, little comes": {announcing(32<<20, padded(100)), 16 << 20, "", 8 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			r := room{bytes: test.bytes}
			client := newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: "https://upstream.example"}, Transport: test.transport, Reserve: r.reserve})
			_, err := client.List(t.Context(), credentials(t, "me"), nil)
			if got := fault.KindOf(err); got != test.want {
				t.Errorf("List = %v, want kind %q", err, test.want)
			}
			// A buffer may come from the pool, with all the room that it needs.
			if r.held != 0 || r.most > test.most {
				t.Errorf("%d bytes were granted and %d are still held; want at most %d, and 0", r.most, r.held, test.most)
			}
		})
	}
}
