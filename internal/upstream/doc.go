// Package upstream holds the policies between those who want a list of payment
// links and the client that fetches it. It is a Lister over a Lister.
//
// A call to upstream, called a try, passes three of them:
//
//   - turns hands out the places for tries in flight, in turn between tenants;
//   - the breaker refuses tries while upstream fails for everybody;
//   - the retries repeat a try that failed in a way that may pass, within the
//     time of the call and within a budget.
//
// What a try's fault means to each policy stands in one table, outcome.go.
// The package knows neither HTTP nor the client: it decides by fault kinds.
package upstream
