package archtest_test

// A room is a package and what it may import beyond the harmless part of the
// standard library. Arrows point to the domain; only the program sees both ends.
type room struct {
	// in is the group that the room belongs to.
	in group
	// ours are packages of this module, by their path in it.
	ours []string
	// modules are module paths of others; their packages are included.
	modules []string
	// doors are packages of the standard library that reach out of the program
	// or under the language: see isDoor.
	doors []string
}

// A group is a part of the house. Its rooms may import each other and those of
// the groups below it, as their rows allow.
type group string

const (
	domain   group = "domain"   // what payment links are, and the words that all share
	graph    group = "graph"    // the schema, and what it costs
	edge     group = "edge"     // HTTP, callers and documents
	upstream group = "upstream" // where lists come from, and how long they are kept
	process  group = "process"  // settings, listeners, and the program that joins it all
)

// below returns the groups whose rooms a room of g may import, beside its own.
// The program alone sees all.
func (g group) below() []group {
	if g == domain {
		return nil
	}
	return []group{domain}
}

const (
	gqlgen    = "github.com/99designs/gqlgen"
	gqlparser = "github.com/vektah/gqlparser/v2"
	otter     = "github.com/maypok86/otter/v2"
	xtext     = "golang.org/x/text"
	compress  = "github.com/klauspost/compress"
)

// rooms is the whole house, by path in the module; "" is the program. A package
// without a row fails the test. Think twice before widening one: what a room
// does not know cannot break it.
func rooms() map[string]room {
	return map[string]room{
		"": { // wiring: everything but test helpers
			in: process,
			ours: []string{
				"graph", "graph/cost", "internal/billpocket", "internal/caller", "internal/config", "internal/doctor", "internal/exchange", "internal/fault", "internal/front",
				"internal/gqlhttp", "internal/guard", "internal/mcp", "internal/overload", "internal/persisted", "internal/playground", "internal/sandbox",
				"internal/serving", "internal/sharedcache", "internal/snapshot", "internal/telemetry", "internal/tenant", "internal/upstream",
			},
			doors: []string{"log", "net/http", "os", "os/signal", "syscall"},
		},

		// The schema, and the rooms that only it asks.
		"graph": {
			in: graph,
			ours: []string{
				"graph/cost", "graph/fastlist", "graph/generated", "graph/loader", "graph/model", "graph/presenter", "graph/validation", "internal/doorkeeper", "internal/exchange", "internal/fault",
				"internal/money", "internal/paymentlink", "internal/relay", "internal/tenant",
			},
			modules: []string{gqlgen, gqlparser, otter},
		},
		"graph/generated": {
			in: graph,
			ours: []string{
				"graph/model", "internal/money", "internal/paymentlink", "internal/qrcode",
			},
			modules: []string{gqlgen, gqlparser},
		},
		"graph/model": {
			in: graph,
			ours: []string{
				"graph/cost", "graph/fastlist", "internal/fault", "internal/money", "internal/paymentlink", "internal/qrcode", "internal/relay",
				"internal/share",
			},
			modules: []string{gqlgen},
		},
		"graph/validation": {
			in:      graph,
			ours:    []string{"graph/model", "graph/presenter"},
			modules: []string{gqlgen, gqlparser},
		},
		"graph/cost": {
			in:      graph,
			ours:    []string{"internal/fault", "internal/relay"},
			modules: []string{gqlgen, gqlparser},
		},
		"graph/presenter": {
			in:      graph,
			ours:    []string{"graph/model", "internal/exchange", "internal/fault"},
			modules: []string{gqlgen, gqlparser},
		},
		"graph/fastlist": {in: graph, modules: []string{gqlgen, gqlparser}}, // it knows selections, and no type of ours
		"graph/loader": {
			in:      graph,
			ours:    []string{"internal/paymentlink"},
			modules: []string{"github.com/graph-gophers/dataloader/v7"},
		},
		"internal/qrcode": {in: domain, modules: []string{compress, "rsc.io/qr"}},
		"internal/share":  {in: domain, ours: []string{"internal/money"}, modules: []string{xtext}},

		// The domain.
		"internal/paymentlink": {
			in:      domain,
			ours:    []string{"internal/money"},
			modules: []string{xtext},
			doors:   []string{"unsafe"}, // sizes, for the memory bound
		},
		"internal/money": {in: domain, modules: []string{"github.com/govalues/decimal", xtext}},
		"internal/relay": {in: domain},

		// The vocabulary that all share.
		"internal/address":    {in: domain, doors: []string{"net"}}, // SplitHostPort, and no socket
		"internal/bounded":    {in: domain, doors: []string{"os"}},
		"internal/cause":      {in: domain, doors: []string{"net", "syscall"}}, // errors of connections
		"internal/exchange":   {in: domain, modules: []string{gqlparser}},      // the document, parsed
		"internal/fault":      {in: domain},
		"internal/doorkeeper": {in: domain},
		"internal/tenant":     {in: domain},

		// Upstream and what is kept of it.
		"internal/billpocket": {
			in: upstream,
			ours: []string{
				"internal/address", "internal/bounded", "internal/cause", "internal/fault", "internal/money", "internal/paymentlink", "internal/tenant",
			},
			modules: []string{compress},
			doors:   []string{"net", "net/http", "unsafe"}, // text that aliases the body
		},
		"internal/upstream": { // it decides by fault kind, and knows no client
			in:      upstream,
			ours:    []string{"internal/fault", "internal/paymentlink", "internal/tenant"},
			modules: []string{"github.com/failsafe-go/failsafe-go"},
		},
		"internal/snapshot": {
			in:      upstream,
			ours:    []string{"internal/fault", "internal/paymentlink", "internal/tenant"},
			modules: []string{otter},
		},

		"internal/sharedcache": { // decoding and purging are functions that it is given
			in:      upstream,
			ours:    []string{"internal/bounded", "internal/fault", "internal/paymentlink", "internal/tenant"},
			modules: []string{compress, otter, "github.com/redis/rueidis"},
			doors:   []string{"net"}, // errors of connections
		},

		"internal/sharedcache/redistest": {in: upstream, doors: []string{"os", "os/exec", "syscall"}}, // tests alone,

		"internal/answer": {
			in:      edge,
			ours:    []string{"internal/doorkeeper", "internal/exchange", "internal/tenant"},
			modules: []string{otter},
		},

		"internal/overload": {
			in:      edge,
			ours:    []string{"internal/fault", "internal/tenant"},
			modules: []string{"golang.org/x/sync"},
		},
		"internal/front": {
			in:      edge,
			ours:    []string{"internal/answer", "internal/overload"},
			modules: []string{otter},
			doors:   []string{"net", "net/http", "os"}, // os: the error of a deadline
		},

		// The edge.
		"internal/gqlhttp": {
			in: edge,
			ours: []string{
				"internal/address", "internal/answer", "internal/exchange", "internal/fault", "internal/overload", "internal/persisted",
				"internal/tenant",
			},
			modules: []string{compress, gqlgen, gqlparser},
			doors:   []string{"net/http", "os"}, // os: the error of a deadline
		},
		"internal/caller": {
			in:   edge,
			ours: []string{"internal/address", "internal/bounded", "internal/cause", "internal/fault", "internal/tenant"},
			modules: []string{
				"github.com/MicahParks/jwkset", "github.com/MicahParks/keyfunc/v3", "github.com/goccy/go-yaml",
				"github.com/golang-jwt/jwt/v5",
			},
			doors: []string{"net/http"}, // the issuer's keys
		},
		"internal/guard": {in: edge, ours: []string{"internal/doorkeeper", "internal/fault"}, modules: []string{gqlparser, otter}},
		"internal/persisted": {
			in:      edge,
			ours:    []string{"internal/bounded", "internal/fault"},
			modules: []string{gqlparser, otter},
		},
		"internal/playground": {in: edge, doors: []string{"net/http"}},
		"internal/mcp": { // it knows documents and answers, and executes nothing itself
			in:      edge,
			ours:    []string{"internal/fault", "internal/gqlhttp", "internal/tenant"},
			modules: []string{gqlparser, "github.com/modelcontextprotocol/go-sdk"},
			doors:   []string{"net/http"},
		},

		// The process.
		"internal/config": {
			in:      process,
			ours:    []string{"internal/address", "internal/bounded"},
			modules: []string{"github.com/KimMachineGun/automemlimit", "github.com/alecthomas/kong", "github.com/goccy/go-yaml"},
			doors:   []string{"net"},
		},
		"internal/doctor": {
			in:    upstream,
			ours:  []string{"internal/billpocket", "internal/fault", "internal/tenant"},
			doors: []string{"net/http", "net/http/httptrace"},
		},
		"internal/serving": {in: process, doors: []string{"net", "net/http", "os", "os/signal"}},
		"internal/telemetry": {
			in:      process,
			ours:    []string{"internal/fault"},
			modules: []string{"github.com/prometheus/client_golang", "go.opentelemetry.io"},
			doors:   []string{"net/http", "net/http/pprof"},
		},

		// An upstream to try and test with: it must not share our reading of the contract.
		"internal/sandbox": {in: upstream, ours: []string{"internal/address"}, doors: []string{"net", "net/http"}},

		// Tests alone.
		"internal/archtest": {in: process},
		"internal/attack":   {in: process},
	}
}
