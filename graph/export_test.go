package graph

import (
	"github.com/99designs/gqlgen/graphql/executor"

	"paymentlinks/graph/cost"
	"paymentlinks/graph/validation"
)

// NewExecutorWithMultiResolver leaves _entities to the generated code, for the
// benchmark that compares the two.
func NewExecutorWithMultiResolver(config Config) *executor.Executor {
	config = config.withDefaults()
	schema := newSchema()
	exec := executor.New(schema)
	exec.SetQueryCache(newDocuments(config.DocumentCacheBytes))
	exec.Use(validation.Variables{Schema: schema.Schema()})
	exec.Use(cost.NewComplexity(config.Limits))
	exec.Use(operationSetUp{config: config})
	return exec
}

// NewStockExecutor is NewExecutor with every list left to gqlgen, for the tests
// and benchmarks that compare the two.
func NewStockExecutor(config Config) *executor.Executor {
	return newExecutor(config, true)
}
