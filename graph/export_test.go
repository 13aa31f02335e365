package graph

import (
	"github.com/99designs/gqlgen/graphql/executor"

	"paymentlinks/graph/cost"
	"paymentlinks/graph/validation"
)

// NewExecutorWithMultiResolver leaves _entities to the generated code, for the
// benchmark that compares the two.
func NewExecutorWithMultiResolver(config Config) *Executor {
	config = config.withDefaults()
	schema := newSchema()
	exec := executor.New(schema)
	exec.SetQueryCache(handed{})
	exec.Use(validation.Variables{Schema: schema.Schema()})
	exec.Use(cost.NewComplexity(config.Limits))
	exec.Use(operationSetUp{config: config})
	return &Executor{Executor: exec, documents: newDocuments(config.DocumentCacheBytes), validator: validation.New(schema.Schema(), validation.Options{})}
}

// NewStockExecutor is NewExecutor with every list left to gqlgen, for the tests
// and benchmarks that compare the two.
func NewStockExecutor(config Config) *Executor {
	return newExecutor(config, true)
}
