package cost

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/relay"
)

// Complexity refuses operations that may cost too much, before they are
// executed. A field counts what its row of the table says (table.go).
// Introspection counts 0: it reads no links, and its depth is bounded by
// gqlparser. Complexity is a gqlgen extension, safe for concurrent use.
type Complexity struct {
	max int
}

// NewComplexity returns the extension with the bound of the limits.
func NewComplexity(limits Limits) Complexity {
	return Complexity{max: int(bound(int64(limits.Complexity), DefaultComplexity))}
}

var (
	_ graphql.OperationContextMutator = Complexity{}
	_ graphql.ResponseInterceptor     = Complexity{}
)

// ExtensionName implements graphql.HandlerExtension.
func (Complexity) ExtensionName() string { return "Complexity" }

// Validate implements graphql.HandlerExtension.
func (Complexity) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext implements graphql.OperationContextMutator.
func (c Complexity) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	counted := complexityOf(op.Operation, op.Variables)
	if counted <= c.max {
		if op.Extensions[asked] == true {
			op.Stats.SetExtension(asked, told{Complexity: counted, Limit: c.max % math.MaxInt})
		}
		return nil
	}
	return gqlerror.Wrap(fault.NewLimit("complexity", fmt.Sprintf("The operation may cost more than the complexity of %d that is allowed.", c.max)))
}

// asked is the extension of a request that asks what the operation costs, and of
// its response that tells it.
const asked = "cost"

// told is the response's extension.
type told struct {
	Complexity int `json:"complexity"`
	Limit      int `json:"limit,omitempty"` // left out when there is none
}

// InterceptResponse implements graphql.ResponseInterceptor. It tells who asks, by
// the extension "cost": true, what was counted.
func (Complexity) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	if graphql.HasOperationContext(ctx) { // not so for a request that was refused
		if cost := graphql.GetOperationContext(ctx).Stats.GetExtension(asked); cost != nil {
			graphql.RegisterExtension(ctx, asked, cost)
		}
	}
	return next(ctx)
}

// complexityOf counts an operation with its variables.
func complexityOf(operation *ast.OperationDefinition, variables map[string]any) int {
	count := complexityCount{variables: variables, fragments: map[fragmentOfPage]int{}, sizes: map[string]int{}}
	return count.selections(operation.SelectionSet)
}

// complexityCount counts every fragment once, however often it is spread:
// fragments that spread each other would otherwise double the work each time.
type complexityCount struct {
	variables map[string]any
	fragments map[fragmentOfPage]int
	sizes     map[string]int // how many values a variable holds
	page      int            // links of the page that is being counted
}

// fragmentOfPage is a fragment in a page: what it counts depends on both.
type fragmentOfPage struct {
	definition *ast.FragmentDefinition
	page       int
}

func (c *complexityCount) selections(set ast.SelectionSet) int {
	total := 0
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			total = addCapped(total, c.field(selection))
		case *ast.InlineFragment:
			total = addCapped(total, c.selections(selection.SelectionSet))
		case *ast.FragmentSpread:
			total = addCapped(total, c.fragment(selection.Definition))
		}
	}
	return total
}

func (c *complexityCount) fragment(definition *ast.FragmentDefinition) int {
	key := fragmentOfPage{definition, c.page}
	counted, ok := c.fragments[key]
	if !ok {
		counted = c.selections(definition.SelectionSet)
		c.fragments[key] = counted
	}
	return counted
}

func (c *complexityCount) field(field *ast.Field) int {
	if field.Name == "__schema" || field.Name == "__type" {
		return 0
	}
	row := RowOf(field)
	if row.Times == Paged {
		defer func(page int) { c.page = page }(c.page)
		c.page = c.pageSize(field)
	}
	selected := c.selections(field.SelectionSet)
	own := row.Own
	if row.Times != PerRepresentations { // which counts what it is given by itself
		own += c.given(field.Arguments) / valuesPerPoint
	}
	return addCapped(own, multiplyCapped(selected, c.times(row.Times, field)))
}

// given is how many values the arguments of a field hold. A field reads all of
// its arguments, those of a variable too, and again for each of its aliases.
func (c *complexityCount) given(arguments ast.ArgumentList) int {
	total := 0
	for _, argument := range arguments {
		total += c.valuesOf(argument.Value)
	}
	return total
}

func (c *complexityCount) valuesOf(value *ast.Value) int {
	if value.Kind == ast.Variable {
		size, ok := c.sizes[value.Raw]
		if !ok {
			size = valuesIn(c.variables[value.Raw])
			c.sizes[value.Raw] = size
		}
		return size
	}
	total := 1
	for _, child := range value.Children {
		total += c.valuesOf(child.Value)
	}
	return total
}

// valuesIn counts a value of JSON and all that is in it.
func valuesIn(value any) int {
	total := 1
	switch value := value.(type) {
	case []any:
		for _, element := range value {
			total += valuesIn(element)
		}
	case map[string]any:
		for _, property := range value {
			total += valuesIn(property)
		}
	}
	return total
}

// times is how many times the selection of a field counts.
func (c *complexityCount) times(times Times, field *ast.Field) int {
	switch times {
	case PageSize:
		return c.page
	case PerRepresentations:
		return (c.representations(field) + representationsPerTime - 1) / representationsPerTime
	case WholeList:
		return wholeListLinks
	case Once, Paged:
	}
	return 1
}

// pageSize reads first or last. Sizes that the resolver will refuse count as
// the largest page.
func (c *complexityCount) pageSize(field *ast.Field) int {
	for _, name := range []string{"first", "last"} {
		argument := field.Arguments.ForName(name)
		if argument == nil {
			continue
		}
		value, err := argument.Value.Value(c.variables)
		if err == nil && value == nil {
			continue
		}
		if size, ok := wholeNumber(value); ok && size >= 0 && size < relay.MaxPageSize {
			return int(size)
		}
		return relay.MaxPageSize
	}
	return relay.DefaultPageSize
}

func wholeNumber(value any) (int64, bool) {
	switch value := value.(type) {
	case int64:
		return value, true
	case json.Number:
		n, err := strconv.ParseInt(string(value), 10, 64)
		return n, err == nil
	}
	return 0, false
}

func (c *complexityCount) representations(field *ast.Field) int {
	argument := field.Arguments.ForName("representations")
	if argument == nil {
		return 0
	}
	if argument.Value.Kind == ast.Variable {
		return len(graphql.CoerceList(c.variables[argument.Value.Raw]))
	}
	return max(1, len(argument.Value.Children))
}

func addCapped(a, b int) int {
	if a > math.MaxInt-b {
		return math.MaxInt
	}
	return a + b
}

func multiplyCapped(a, b int) int {
	if b != 0 && a > math.MaxInt/b {
		return math.MaxInt
	}
	return a * b
}
