package graph_test

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"paymentlinks/graph"
)

// operationBench executes one operation, from parameters to the finished
// response, over and over.
func operationBench(b *testing.B, exec *graph.Executor, query, variables string) {
	b.Helper()
	ctx := caller(b)
	decode := func() map[string]any {
		if variables == "" {
			return nil
		}
		decoder := json.NewDecoder(strings.NewReader(variables))
		decoder.UseNumber()
		var decoded map[string]any
		if err := decoder.Decode(&decoded); err != nil {
			b.Fatal(err)
		}
		return decoded
	}
	decoded := decode()
	run := func(ctx context.Context) *graphql.Response {
		ctx = graphql.StartOperationTrace(ctx)
		operation, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: query, Variables: decoded})
		if errs != nil {
			b.Fatal(errs)
		}
		handler, inner := exec.DispatchOperation(ctx, operation)
		return handler(inner)
	}
	if response := run(ctx); len(response.Errors) > 0 {
		b.Fatal(response.Errors)
	}
	b.ReportAllocs()
	before := processorTime(b)
	for b.Loop() {
		run(ctx)
	}
	b.ReportMetric(float64(processorTime(b)-before)/float64(b.N), "cpu-ns/op")
}

// processorTime is what this process has used of all processors, collector
// included: on a shared machine it says more than the clock.
func processorTime(tb testing.TB) time.Duration {
	tb.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func BenchmarkOperation(b *testing.B) {
	queries := map[string]string{
		"list":    `{ paymentLinks { id url title state isExpired amount { value currency } createdAt } }`,
		"filter":  `{ paymentLinks(status: ACTIVE, currency: "JPY") { id title } }`,
		"page":    `{ paymentLinksConnection(first: 20) { totalCount nodes { id title state } pageInfo { hasNextPage endCursor } } }`,
		"summary": `{ paymentLinksSummary { count byState { state count } byCurrency { currency total { value } } } }`,
		"lookup":  `{ paymentLink(id: "id-3") { id title } }`,
	}
	for _, links := range []int{5, 200, 10_000} {
		s := newServer(newSource(manyLinks(links)...))
		// The list again, not written serially.
		b.Run("listByGqlgen/links="+strconv.Itoa(links), func(b *testing.B) {
			operationBench(b, newStockServer(s.source).Executor, queries["list"], "")
		})
		for name, query := range queries {
			b.Run(name+"/links="+strconv.Itoa(links), func(b *testing.B) { operationBench(b, s.Executor, query, "") })
		}
	}
}

// BenchmarkEntities measures the pass over the snapshot with its list written
// serially, the same with the list left to gqlgen, and gqlgen's own multi
// resolver, which answers the same links through the loaders.
func BenchmarkEntities(b *testing.B) {
	config := graph.Config{Source: newSource(manyLinks(2_000)...)}
	for _, count := range []int{1, 100, 1_000} {
		keys := make([]string, count)
		for i := range keys {
			keys[i] = byKey(`"id-` + strconv.Itoa(i*2) + `"`)
		}
		variables := representationsOf(keys...)
		size := "/representations=" + strconv.Itoa(count)
		b.Run("serial"+size, func(b *testing.B) {
			operationBench(b, graph.NewExecutor(config), entitiesQuery, variables)
		})
		b.Run("listByGqlgen"+size, func(b *testing.B) {
			operationBench(b, graph.NewStockExecutor(config), entitiesQuery, variables)
		})
		b.Run("multiResolver"+size, func(b *testing.B) {
			operationBench(b, graph.NewExecutorWithMultiResolver(config), entitiesQuery, variables)
		})
	}
}
