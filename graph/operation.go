package graph

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"paymentlinks/graph/cost"
	"paymentlinks/graph/loader"
	"paymentlinks/graph/model"
	"paymentlinks/internal/exchange"
	"paymentlinks/internal/fault"
	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/tenant"
)

// replyReserve is how much of a request's time is left for the rest of the
// answer when upstream hangs; half of what there is, if that is less.
const replyReserve = time.Second

// operation is what all fields of one operation share: an instant, the pinned
// snapshot, the loaders and a Budget. It is safe for concurrent use.
type operation struct {
	config Config
	moment *model.Moment
	// isLimited: the caller may not read what is for operators.
	isLimited bool
	budget    *cost.Budget
	giveUp    time.Time // when a field stops waiting for its list; zero: never

	isPinning atomic.Bool
	pinDone   chan struct{} // closed when what follows is set
	snapshot  *paymentlink.Snapshot
	loaders   *loader.Loaders // of the snapshot
	pinErr    error

	logged sync.Map // error to struct{}: what the log has seen
}

type operationKey struct{}

// operationFrom returns the operation that ctx belongs to; nil outside one.
func operationFrom(ctx context.Context) *operation {
	op, _ := ctx.Value(operationKey{}).(*operation)
	return op
}

// isNewError reports whether the operation of ctx meets err for the first time.
// Outside an operation every error is new.
func isNewError(ctx context.Context, err error) bool {
	op := operationFrom(ctx)
	if op == nil {
		return true
	}
	_, seen := op.logged.LoadOrStore(err, struct{}{})
	return !seen
}

// operationSetUp puts a new operation into the context of each execution.
type operationSetUp struct {
	config Config
}

var _ graphql.OperationInterceptor = operationSetUp{}

// ExtensionName implements graphql.HandlerExtension.
func (operationSetUp) ExtensionName() string { return "OperationSetUp" }

// Validate implements graphql.HandlerExtension.
func (operationSetUp) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptOperation implements graphql.OperationInterceptor.
func (s operationSetUp) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	op := &operation{
		config:  s.config,
		moment:  model.NewMoment(s.config.Now()),
		budget:  cost.NewBudget(s.config.Limits),
		pinDone: make(chan struct{}),
	}
	caller, _ := tenant.FromContext(ctx)
	op.isLimited = caller.Limited
	if room := exchange.FromContext(ctx).Room; room != nil {
		op.budget.Within(func(bytes int64) error { return room.Grow(ctx, bytes) })
	}
	if deadline, ok := ctx.Deadline(); ok {
		op.giveUp = deadline.Add(-min(replyReserve, time.Until(deadline)/2))
	}
	answers := next(cost.NewContext(context.WithValue(ctx, operationKey{}, op), op.budget))
	return func(ctx context.Context) *graphql.Response {
		response := answers(ctx)
		if at, ok := op.moment.NextChange(); ok {
			exchange.FromContext(ctx).Report(exchange.Freshness{NextExpiry: at})
		}
		if op.moment.IsVolatile() {
			exchange.FromContext(ctx).Report(exchange.Freshness{Volatile: true})
		}
		return response
	}
}

// pinned returns the snapshot that every field of the operation reads. The
// first field asks the source for it; the others wait for that answer, at most
// as long as ctx lets them.
func (op *operation) pinned(ctx context.Context) (*paymentlink.Snapshot, error) {
	if op.isPinning.CompareAndSwap(false, true) {
		// Should the source panic, the other fields must not go on with no
		// snapshot and no error.
		op.pinErr = fault.NewInternal(nil)
		defer close(op.pinDone)
		if op.snapshot, op.pinErr = op.fetch(ctx); op.pinErr == nil {
			op.loaders = loader.New(op.snapshot.Set)
		}
		return op.snapshot, op.pinErr
	}
	select {
	case <-op.pinDone:
		return op.snapshot, op.pinErr
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (op *operation) fetch(ctx context.Context) (*paymentlink.Snapshot, error) {
	caller, ok := tenant.FromContext(ctx)
	if !ok {
		return nil, fault.New(fault.Unauthenticated, "This field needs the caller's credentials, and the request brought none.")
	}
	call := exchange.FromContext(ctx)
	var notBefore time.Time
	if call.NoCache {
		notBefore = call.ReceivedAt
	}
	if !op.giveUp.IsZero() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, op.giveUp)
		defer cancel()
	}
	asked := time.Now()
	snapshot, err := op.config.Source.Snapshot(ctx, caller, notBefore)
	call.Waited(time.Since(asked))
	if fault.KindOf(err) == fault.Timeout && errors.Is(err, context.DeadlineExceeded) {
		return nil, fault.NewUpstreamTimeout(err)
	}
	if err != nil {
		return nil, err
	}
	nextExpiry, _ := snapshot.Set.NextExpiry(op.moment.Now())
	call.Report(exchange.Freshness{
		FreshUntil: snapshot.FreshUntil, NextExpiry: nextExpiry, Stale: snapshot.Stale, Generation: snapshot.Generation,
	})
	return snapshot, nil
}
