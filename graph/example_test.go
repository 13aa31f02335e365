package graph_test

import (
	"context"
	"fmt"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"paymentlinks/graph"
	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/tenant"
)

// oneLink is the smallest source there can be.
type oneLink struct{}

func (oneLink) Snapshot(context.Context, tenant.Tenant, time.Time) (*paymentlink.Snapshot, error) {
	links := []paymentlink.Record{{ID: "a1", URL: "https://pay.example/shop/coffee", Description: "Coffee (COFFEE)"}}
	return &paymentlink.Snapshot{Set: paymentlink.NewSet(links, nil)}, nil
}

// A transport turns a request into an operation, dispatches it, and writes the
// response.
func ExampleNewExecutor() {
	exec := graph.NewExecutor(graph.Config{Source: oneLink{}})
	caller, err := tenant.NewCredentials("token", "key")
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := graphql.StartOperationTrace(tenant.NewContext(context.Background(), tenant.Tenant{Credentials: caller}))
	operation, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: `{ paymentLinks { code title } }`})
	if errs != nil {
		fmt.Println(exec.DispatchError(ctx, errs).Errors)
		return
	}
	respond, ctx := exec.DispatchOperation(ctx, operation)
	fmt.Printf("%s\n", respond(ctx).Data)
	// Output: {"paymentLinks":[{"code":"coffee","title":"Coffee"}]}
}
