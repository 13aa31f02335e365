package archtest_test

// A room is a package and what it may import beyond the harmless part of the
// standard library. Arrows point to the domain; only the program sees both ends.
type room struct {
	// ours are packages of this module, by their path in it.
	ours []string
	// modules are module paths of others; their packages are included.
	modules []string
	// doors are packages of the standard library that reach out of the program
	// or under the language: see isDoor.
	doors []string
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
			ours: []string{
				"graph", "graph/cost", "internal/billpocket", "internal/caller", "internal/config", "internal/doctor", "internal/exchange", "internal/fault",
				"internal/gqlhttp", "internal/guard", "internal/persisted", "internal/playground", "internal/sandbox",
				"internal/serving", "internal/snapshot", "internal/telemetry", "internal/tenant", "internal/upstream",
			},
			doors: []string{"log", "net", "net/http", "os", "os/signal", "syscall"},
		},

		// The schema, and the rooms that only it asks.
		"graph": {
			ours: []string{
				"graph/cost", "graph/fastlist", "graph/generated", "graph/loader", "graph/model", "graph/presenter", "graph/validation", "internal/exchange", "internal/fault",
				"internal/money", "internal/paymentlink", "internal/relay", "internal/tenant",
			},
			modules: []string{gqlgen, gqlparser, otter},
		},
		"graph/generated": {
			ours: []string{
				"graph/model", "internal/money", "internal/paymentlink", "internal/qrcode", "internal/relay", "internal/share",
			},
			modules: []string{gqlgen, gqlparser},
		},
		"graph/model": {
			ours: []string{
				"graph/cost", "graph/fastlist", "internal/fault", "internal/money", "internal/paymentlink", "internal/qrcode", "internal/relay",
				"internal/share",
			},
			modules: []string{gqlgen},
		},
		"graph/validation": {
			ours:    []string{"graph/model", "graph/presenter"},
			modules: []string{gqlgen, gqlparser},
		},
		"graph/cost": {
			ours:    []string{"internal/fault", "internal/relay"},
			modules: []string{gqlgen, gqlparser},
		},
		"graph/presenter": {
			ours:    []string{"graph/model", "internal/exchange", "internal/fault"},
			modules: []string{gqlgen, gqlparser},
		},
		"graph/fastlist": {modules: []string{gqlgen, gqlparser}}, // it knows selections, and no type of ours
		"graph/loader": {
			ours:    []string{"internal/paymentlink"},
			modules: []string{"github.com/graph-gophers/dataloader/v7"},
		},
		"internal/qrcode": {modules: []string{compress, "rsc.io/qr"}},
		"internal/share":  {ours: []string{"internal/money"}, modules: []string{xtext}},

		// The domain.
		"internal/paymentlink": {
			ours:    []string{"internal/money"},
			modules: []string{xtext},
			doors:   []string{"unsafe"}, // sizes, for the memory bound
		},
		"internal/money": {modules: []string{"github.com/govalues/decimal", xtext}},
		"internal/relay": {},

		// The vocabulary that all share.
		"internal/address":  {doors: []string{"net"}}, // SplitHostPort, and no socket
		"internal/bounded":  {doors: []string{"os"}},
		"internal/cause":    {doors: []string{"net", "syscall"}}, // errors of connections
		"internal/exchange": {},
		"internal/fault":    {},
		"internal/tenant":   {},

		// Upstream and what is kept of it.
		"internal/billpocket": {
			ours: []string{
				"internal/address", "internal/bounded", "internal/cause", "internal/fault", "internal/money", "internal/paymentlink", "internal/tenant",
			},
			modules: []string{compress},
			doors:   []string{"net", "net/http", "syscall", "unsafe"}, // errors of connections, text that aliases the body
		},
		"internal/upstream": { // it decides by fault kind, and knows no client
			ours:    []string{"internal/fault", "internal/paymentlink", "internal/tenant"},
			modules: []string{"github.com/failsafe-go/failsafe-go"},
		},
		"internal/snapshot": {
			ours:    []string{"internal/fault", "internal/paymentlink", "internal/tenant"},
			modules: []string{otter},
		},

		"internal/answer": {
			ours:    []string{"internal/exchange", "internal/tenant"},
			modules: []string{otter},
		},

		// The edge.
		"internal/gqlhttp": {
			ours: []string{
				"internal/address", "internal/answer", "internal/caller", "internal/exchange", "internal/fault", "internal/persisted",
				"internal/telemetry", "internal/tenant",
			},
			modules: []string{compress, gqlgen, gqlparser},
			doors:   []string{"net", "net/http", "os"}, // os: the error of a deadline
		},
		"internal/caller": {
			ours: []string{"internal/address", "internal/bounded", "internal/cause", "internal/fault", "internal/tenant"},
			modules: []string{
				"github.com/MicahParks/jwkset", "github.com/MicahParks/keyfunc/v3", "github.com/goccy/go-yaml",
				"github.com/golang-jwt/jwt/v5", "golang.org/x/time",
			},
			doors: []string{"net/http"}, // the issuer's keys
		},
		"internal/guard": {ours: []string{"internal/fault"}, modules: []string{gqlparser, otter}},
		"internal/persisted": {
			ours:    []string{"internal/bounded", "internal/fault"},
			modules: []string{gqlparser, otter},
		},
		"internal/playground": {doors: []string{"net/http"}},

		// The process.
		"internal/config": {
			ours:    []string{"internal/address", "internal/bounded"},
			modules: []string{"github.com/alecthomas/kong"},
			doors:   []string{"net"},
		},
		"internal/doctor": {
			ours:  []string{"internal/billpocket", "internal/fault", "internal/tenant"},
			doors: []string{"net/http", "net/http/httptrace"},
		},
		"internal/serving":   {doors: []string{"net", "net/http"}},
		"internal/telemetry": {ours: []string{"internal/fault"}, doors: []string{"net/http", "os"}},

		// An upstream to try and test with: it must not share our reading of the contract.
		"internal/sandbox": {ours: []string{"internal/address"}, doors: []string{"net", "net/http"}},

		// Tests alone.
		"internal/archtest":    {},
		"internal/conformance": {},
	}
}
