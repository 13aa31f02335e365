package serving

import (
	"context"
	"os"
	"os/signal"
)

type hurryKey struct{}

// WithHurry returns a context under which ServeUntil waits no longer with its
// drain than until hurry is closed.
func WithHurry(ctx context.Context, hurry <-chan struct{}) context.Context {
	return context.WithValue(ctx, hurryKey{}, hurry)
}

// hurryOf returns what WithHurry gave to ctx; nil, which is never closed, else.
func hurryOf(ctx context.Context) <-chan struct{} {
	hurry, _ := ctx.Value(hurryKey{}).(<-chan struct{})
	return hurry
}

// NotifyContext returns a context that ends with the first of signals. At the
// second, ServeUntil hurries. Then the signals have the effect that they have on
// any program: the third ends it at once. stop gives them back before.
func NotifyContext(parent context.Context, signals ...os.Signal) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancel(parent)
	hurry := make(chan struct{})
	arrived := make(chan os.Signal, 2)
	signal.Notify(arrived, signals...)
	stopped := make(chan struct{})
	go func() {
		defer signal.Stop(arrived)
		for _, act := range []func(){cancel, func() { close(hurry) }} {
			select {
			case <-arrived:
				act()
			case <-stopped:
				return
			}
		}
	}()
	return WithHurry(ctx, hurry), func() {
		close(stopped)
		cancel()
	}
}
