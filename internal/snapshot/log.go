package snapshot

import (
	"context"
	"errors"
	"log/slog"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/tenant"
)

// logStep tells at level debug what was decided for a caller, and why.
func (s *Store) logStep(ctx context.Context, key tenant.Key, next step) {
	if !s.logger.Enabled(ctx, slog.LevelDebug) {
		return
	}
	s.logger.LogAttrs(ctx, slog.LevelDebug, "list asked for", slog.String("decision", next.why), slog.String("tenant", key.Short()))
}

// logLanding tells at level debug of a list that was fetched.
func (s *Store) logLanding(ctx context.Context, key tenant.Key, f *flight) {
	if f.err != nil || !s.logger.Enabled(ctx, slog.LevelDebug) {
		return
	}
	s.logger.LogAttrs(ctx, slog.LevelDebug, "list fetched",
		slog.String("tenant", key.Short()), slog.Bool("changed", f.prev == nil || !isSame(&f.prev.snapshot, &f.list.snapshot)),
		slog.Int("links", f.list.snapshot.Set.Len()), slog.Int("skipped", f.list.snapshot.Skipped), slog.Int64("bytes", int64(f.list.weight)))
}

// logFailure reports a failed flight, once for all its waiters. A refused pair is not a
// fault of the service, and a flight that was canceled, by Close or because all
// had left it, is none at all.
func (s *Store) logFailure(ctx context.Context, key tenant.Key, f *flight) {
	if f.err == nil || errors.Is(ctx.Err(), context.Canceled) {
		return
	}
	attrs := []slog.Attr{
		slog.String("tenant", key.Short()),
		slog.String("kind", string(fault.KindOf(f.err))),
		slog.Bool("list_kept", f.prev != nil && !isRefusal(f.err)),
		slog.Any("error", f.err),
	}
	level := slog.LevelWarn
	switch caught, ok := errors.AsType[*panicError](f.err); {
	case ok:
		level = slog.LevelError
		attrs = append(attrs, slog.String("stack", string(caught.stack)))
	case isRefusal(f.err):
		level = slog.LevelInfo
	case fault.KindOf(f.err) == fault.Internal:
		level = slog.LevelError
	}
	s.logger.LogAttrs(ctx, level, "list of payment links not fetched", attrs...)
}
