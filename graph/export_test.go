package graph

import "github.com/99designs/gqlgen/graphql/executor"

// NewExecutorWithMultiResolver leaves _entities to the generated code, for the
// benchmark that compares the two.
func NewExecutorWithMultiResolver(config Config) *executor.Executor {
	config = config.withDefaults()
	schema := newSchema()
	exec := executor.New(schema)
	exec.SetQueryCache(newDocuments(config.MaxDocumentBytes))
	exec.Use(strictVariables{schema: schema.Schema()})
	exec.Use(complexityLimit{max: config.MaxComplexity})
	exec.Use(operationSetUp{config: config})
	return exec
}

// NewStockExecutor is NewExecutor with every list left to gqlgen, for the tests
// and benchmarks that compare the two.
func NewStockExecutor(config Config) *executor.Executor {
	config = config.withDefaults()
	schema := newSchema()
	exec := executor.New(schema)
	present := presenter{logger: config.Logger, schema: schema.Schema()}
	exec.SetErrorPresenter(present.present)
	exec.SetRecoverFunc(present.recovered)
	exec.SetQueryCache(newDocuments(config.MaxDocumentBytes))
	exec.SetDisableSuggestion(!config.Suggestions)
	exec.SetDefaultRulesFn(validationRules(config.Suggestions))
	exec.Use(strictVariables{schema: schema.Schema()})
	exec.Use(complexityLimit{max: config.MaxComplexity})
	exec.Use(operationSetUp{config: config})
	exec.Use(rootFields{introspection: config.Introspection, listsByGqlgen: true})
	exec.Use(newFederatedTracing())
	return exec
}
