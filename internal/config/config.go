package config

import (
	"iter"
	"log/slog"
	"strings"
	"time"
)

// Prefix begins the name of every variable that is a setting.
const Prefix = "PAYMENTLINKS_"

// Command is what the program was asked to do.
type Command string

// The commands. Help was carried out by Parse itself.
const (
	Serve   Command = "serve"
	Sandbox Command = "sandbox"
	Schema  Command = "schema"
	Version Command = "version"
	// APISchema is schema --api.
	APISchema Command = "schema --api"
	// ScopedSchema is schema --scopes.
	ScopedSchema Command = "schema --scopes"
	Doctor       Command = "doctor"
	MCP          Command = "mcp"
	Help         Command = "help"
)

// Config is every setting, checked. It is not changed after Parse, so it is
// safe for concurrent use. Every way of printing it leaves secrets out.
type Config struct {
	File      File      `embed:"" group:"Server"`
	Server    Server    `embed:"" group:"Server"`
	Memory    Memory    `embed:"" group:"Memory"`
	Upstream  Upstream  `embed:"" group:"Upstream"`
	Policies  Policies  `embed:"" group:"Upstream"`
	Snapshots Snapshots `embed:"" group:"Snapshots"`
	Sharing   Sharing   `embed:"" group:"Sharing"`
	Sharer    Sharer    `embed:"" group:"Sharing"`
	Callers   Callers   `embed:"" group:"Callers"`
	Secrets   Secrets   `embed:"" group:"Callers"`
	Persisted Persisted `embed:"" group:"Documents"`
	Graph     Graph     `embed:""`
	Edge      Edge      `embed:""`
	Agents    Agents    `embed:"" group:"Server"`
	Document  Document  `embed:"" group:"Limits"`
	Operation Operation `embed:"" group:"Limits"`
	Tenants   Tenants   `embed:"" group:"Limits"`
	Log       Log       `embed:"" group:"Log"`

	// Doctor is what the command of that name was asked for.
	Doctor DoctorOptions `kong:"-"`

	// Warnings are about settings that are probably not meant so. The program
	// starts all the same.
	Warnings Warnings `kong:"-"`

	settings []Setting
	given    []string // the flags that were set, by whatever means
}

// DoctorOptions are the flags of the command doctor. They are not settings: no
// variable sets them.
type DoctorOptions struct {
	Offline bool `help:"Check the settings alone, and call nobody."`
	JSON    bool `name:"json" help:"Print the report as JSON."`
}

// File is where else settings come from.
type File struct {
	ConfigFile string `placeholder:"FILE" help:"YAML file of settings by the names of their flags (fresh-for: 30s). Flags go before variables, and these before the file. Its limits are read again when they change, and on SIGHUP."`
}

// Server is how the program is reached.
type Server struct {
	Listen          string        `placeholder:"HOST:PORT" shown:"127.0.0.1:8080 with the sandbox, :8080 otherwise" help:"The API's address. The variable PORT sets the port, where this is not set."`
	AdminListen     string        `placeholder:"HOST:PORT" default:"127.0.0.1:8081" help:"Address of the probes /livez and /readyz, of /metrics and /debug/pprof/, or off. Over the sandbox the default yields to a free port if it is taken."`
	AdminListenElse string        `kong:"-"` // see completeAddresses
	SandboxListen   string        `placeholder:"HOST:PORT" shown:"127.0.0.1:8090 alone, a free port when embedded" help:"The sandbox's address. The embedded one listens on loopback only."`
	Production      bool          `help:"Introspection, playground, /schema.graphql and GET other than of persisted documents off; needs an upstream URL."`
	RequestTimeout  time.Duration `default:"10s" min:"100ms" max:"10m" help:"Bound on a whole request."`
	HeaderTimeout   time.Duration `default:"5s" min:"100ms" max:"1m" help:"Bound on reading a request's headers."`
	NoFront         bool          `name:"front" type:"off" placeholder:"on|off" default:"on" help:"Let connections answer by themselves what was answered before: on or off."`
	ShutdownDelay   time.Duration `shown:"0s with the sandbox, 5s otherwise" default:"0s" min:"0s" max:"10m" help:"How long requests are still accepted after SIGTERM or SIGINT, while /readyz says that we are not ready, so that load balancers can see it. A second signal skips the rest."`
	DrainTimeout    time.Duration `default:"15s" min:"0s" max:"10m" help:"How long requests in flight may finish after that; 0: they are cut off. A third signal ends the program at once."`
}

// Agents is how assistants reach the tools.
type Agents struct {
	MCP       bool   `name:"mcp" type:"switch" placeholder:"on|off" default:"off" shown:"on with the sandbox, otherwise off" help:"Serve assistants (MCP) at /mcp: on or off."`
	PublicURL string `name:"public-url" placeholder:"URL" shown:"none" help:"Where callers reach the API from outside: https, or http to a loopback address, with a path prefix if there is one. With bearer tokens, assistants need it: they ask their issuer for tokens for PUBLIC_URL/mcp."`
}

// Upstream is where the links come from; it converts to billpocket.Settings.
type Upstream struct {
	BaseURL          string         `name:"upstream-url" placeholder:"URL" shown:"the embedded sandbox" help:"Billpocket's base URL: https, or http to a loopback address. A path prefix is kept. HTTPS_PROXY is honored."`
	Insecure         bool           `name:"upstream-insecure" help:"Accept an http upstream URL beyond loopback: credentials travel in the clear."`
	CAFile           string         `name:"upstream-ca-file" placeholder:"FILE" shown:"the system's" help:"PEM file of the certificate authorities to trust for upstream, beside the system's."`
	ReuseConnections bool           `name:"upstream-reuse" type:"switch" placeholder:"on|off" default:"off" help:"Reuse HTTP/1.x connections to upstream: on or off. On, an upstream (or a proxy before it) that sends one answer too many can give a caller another caller's list. Off, each call opens a connection; about 470 calls a second to one address are then possible. HTTP/2 connections are always reused."`
	Location         *time.Location `name:"time-zone" type:"zone" placeholder:"ZONE" default:"UTC" help:"IANA zone of upstream's zoneless times, such as America/Mexico_City."`
	LiveHosts        []string       `placeholder:"NAME" default:"pay.billpocket.com" help:"Hosts whose links are LIVE. A host label test or sandbox is TEST."`
	MaxBodyBytes     int64          `name:"upstream-max-bytes" type:"bytes" default:"64MiB" min:"1B" max:"1GiB" help:"Bound on an answer of upstream, after inflation."`
	MaxLinks         int            `name:"upstream-max-links" unit:"links" default:"100000" min:"1" max:"10000000" help:"Links in one list of upstream. A longer list is a fault of upstream, remembered for 15s."`
	NoTrace          bool           `name:"upstream-trace" type:"off" placeholder:"on|off" default:"on" help:"Tell upstream the request's id (X-Request-Id) and, where traces are sent (OTEL_EXPORTER_OTLP_ENDPOINT), the trace (traceparent): on or off."`
	TryTimeout       time.Duration  `name:"upstream-timeout" default:"4s" min:"10ms" max:"5m" help:"Bound on one try."`
}

// Policies are how upstream is spared; it converts to upstream.Settings.
type Policies struct {
	Concurrency int  `name:"upstream-concurrency" unit:"calls" default:"64" min:"1" max:"10000" help:"Upstream calls in flight, in turn between merchants. At most half of them are for merchants whose list is not kept."`
	BreakerOff  bool `name:"breaker" type:"off" placeholder:"on|off" default:"on" help:"Refuse upstream calls for 5s when half of at least 50 within 10s fail, for 5 merchants or more: on or off."`
}

// Snapshots is how long and how much of upstream's lists is kept; it converts
// to snapshot.Settings.
type Snapshots struct {
	FreshFor     time.Duration `default:"15s" min:"0s" max:"24h" help:"Age up to which a list is answered from memory; up to twice that it is too, with one refresh behind. 0: upstream is asked for every request."`
	StaleFor     time.Duration `default:"5m" min:"0s" max:"168h" help:"Age up to which a list is answered while upstream fails; 0: never."`
	MaxBytes     int64         `name:"snapshot-bytes" type:"bytes" placeholder:"BYTES" shown:"a quarter of the memory, at most 512MiB" min:"64KiB" max:"1TiB" help:"Bound on all lists kept in memory; the least used leave."`
	FetchTimeout time.Duration `kong:"-"` // see share
}

// Sharing is where replicas share their lists; it converts to
// sharedcache.Settings.
type Sharing struct {
	URL          string        `name:"redis-url" placeholder:"URL" shown:"none: each replica fetches by itself" help:"Redis or Valkey through which replicas share their lists: redis://HOST:PORT, rediss:// for TLS, or unix:///PATH; it may name a user. Lists are sealed with the callers' credentials. Without it, and while it does not answer, each replica fetches by itself."`
	Password     string        `name:"redis-password" type:"secret" placeholder:"PASSWORD" help:"Password for Redis."`
	CAFile       string        `name:"redis-ca-file" placeholder:"FILE" shown:"the system's" help:"PEM file of the certificate authorities to trust for Redis, beside the system's."`
	FreshFor     time.Duration `kong:"-"` // see share
	LiveFor      time.Duration `kong:"-"` // see share
	MaxBodyBytes int64         `kong:"-"` // see share
	Upstream     string        `kong:"-"` // see newLists
}

// Sharer is where the secret of Sharing comes from.
type Sharer struct {
	PasswordFile string `name:"redis-password-file" placeholder:"FILE" help:"File that holds the password for Redis."`
}

// Callers is who may call, and under which credentials upstream is asked; it
// converts to caller.Settings.
type Callers struct {
	UserToken       string `type:"secret" placeholder:"TOKEN" shown:"demo-seed with the sandbox, otherwise none" help:"BP-User-Token for callers that send none; needs an API key."`
	APIKey          string `name:"api-key" type:"secret" placeholder:"KEY" shown:"demo-key with the sandbox, otherwise none" help:"X-Api-Key for callers that send none. Alone: callers bring only their BP-User-Token."`
	Issuer          string `name:"jwt-issuer" placeholder:"ISSUER" help:"Issuer (iss) of the bearer tokens that callers bring. Set, a caller that brings nothing is refused."`
	Audience        string `name:"jwt-audience" placeholder:"AUDIENCE" help:"Audience (aud) that a bearer token must name."`
	JWKSURL         string `name:"jwks-url" placeholder:"URL" help:"The issuer's keys (JWKS): https, or http to a loopback address."`
	MerchantClaim   string `name:"jwt-merchant-claim" placeholder:"CLAIM" default:"merchant" help:"Claim of a bearer token that names the merchant."`
	CredentialsFile string `placeholder:"FILE" help:"YAML file: merchant to user token and API key; read again when it changes."`
}

// Secrets is where secrets of Callers come from, and who may use them unasked.
type Secrets struct {
	UserTokenFile  string `placeholder:"FILE" help:"File that holds the user token; read again when it changes."`
	APIKeyFile     string `name:"api-key-file" placeholder:"FILE" help:"File that holds the API key; read again when it changes."`
	AllowAnonymous bool   `help:"With a user token and an API key configured: listen beyond loopback although callers are asked for nothing."`
}

// Persisted is which documents can be named; it converts to persisted.Settings.
type Persisted struct {
	Manifests   []string `name:"trusted-documents" placeholder:"FILE" help:"Manifests of trusted documents, in Apollo's or Relay's format: files, folders of *.json, or patterns such as manifests/*.json. Read again when they change, and on SIGHUP."`
	TrustedOnly bool     `help:"Execute trusted documents and nothing else."`
	MaxBytes    int64    `name:"persisted-cache-bytes" type:"bytes-limit" default:"16MiB" min:"0" max:"16GiB" help:"Bound on the automatic persisted queries kept; 0: not supported."`
}

// Graph is what the schema shows, and what is kept of documents; it converts to
// graph.Settings.
type Graph struct {
	Introspection      bool  `kong:"-"` // see share
	Suggestions        bool  `group:"Server" shown:"as introspection: on outside production" help:"Let errors of validation name fields, types and arguments of the schema and of the request, with \"Did you mean\". Without it they hold nothing of either; who can read the schema anyway loses nothing by it."`
	DocumentCacheBytes int64 `group:"Documents" type:"bytes" placeholder:"BYTES" shown:"a 128th of the memory, at most 16MiB" min:"64KiB" max:"16GiB" help:"Bound on the parsed documents kept, and on the verdicts about their texts."`
}

// Edge is who may reach the API, and with what; it converts to gqlhttp.Settings.
type Edge struct {
	PersistedGETOnly bool          `kong:"-"` // see share
	LeadBrowsers     bool          `kong:"-"` // see share
	NoCompression    bool          `name:"compression" group:"Server" type:"off" placeholder:"on|off" default:"on" help:"Compress answers with gzip (which wins ties) or zstd, as the client asks: on or off."`
	AnswerBytes      int64         `group:"Snapshots" type:"bytes-limit" placeholder:"BYTES" shown:"a 16th of the memory, at most 128MiB" min:"0" max:"1TiB" help:"Bound on the finished answers kept, so that an unchanged list is not read again for a question that was answered before; 0: none."`
	AllowedOrigins   []string      `group:"Server" placeholder:"ORIGIN" shown:"none" help:"Origins (https://app.example.com) whose pages may call the API (CORS)."`
	AllowedHosts     []string      `group:"Server" placeholder:"NAME" shown:"loopback names where callers are asked for nothing, otherwise any" help:"Host names (or addresses) that requests may be addressed to; loopback ones always may."`
	TrustedProxies   []string      `group:"Server" placeholder:"NETWORK" shown:"none" help:"Proxies before this server, as networks (10.0.0.0/8) or addresses: the log takes their X-Forwarded-For for who the client is."`
	MaxBodyBytes     int64         `group:"Limits" type:"bytes" default:"1MiB" min:"1B" max:"64MiB" help:"Request body."`
	MaxHeaderBytes   int           `group:"Limits" type:"bytes" default:"64KiB" min:"1KiB" max:"1MiB" help:"Request headers."`
	MaxAnswerBytes   int           `kong:"-"` // see share
	MaxErrors        int           `group:"Limits" unit:"errors" default:"10" min:"1" max:"1000" help:"Request errors in one answer."`
	RequestTimeout   time.Duration `kong:"-"` // see share
	BodyTimeout      time.Duration `group:"Server" default:"5s" min:"100ms" max:"10m" help:"Bound on reading a request's body."`
	ReaderTimeout    time.Duration `group:"Server" default:"10s" min:"100ms" max:"10m" help:"How long a caller may take to read 64 KiB of its answer. One that goes on reading keeps its connection, however long the whole takes."`
}

// Document is what a document may hold; it converts to guard.Limits.
type Document struct {
	Bytes         int `name:"max-document-bytes" type:"bytes" default:"32KiB" min:"1B" max:"16MiB" help:"Text of the document."`
	Tokens        int `name:"max-tokens" type:"limit" unit:"tokens" default:"1000" min:"0" max:"1000000" help:"Lexical tokens of the document."`
	Depth         int `name:"max-depth" type:"limit" unit:"levels" default:"15" min:"0" max:"1000" help:"Field levels, the root field being 1."`
	RootFields    int `name:"max-root-fields" type:"limit" unit:"fields" default:"30" min:"0" max:"1000000" help:"Root fields of the operation."`
	Aliases       int `name:"max-aliases" type:"limit" unit:"aliases" default:"30" min:"0" max:"1000000" help:"Aliases of the document."`
	Introspection int `name:"max-introspection" type:"limit" unit:"fields" default:"200000" min:"0" max:"1000000000" help:"Fields that the answers to __schema and __type may have, estimated."`
	Directives    int `name:"max-directives" type:"limit" unit:"directives" default:"50" min:"0" max:"1000000" help:"Directives of the document."`
	Repetitions   int `name:"max-repetitions" type:"limit" unit:"fields" default:"100" min:"0" max:"1000000" help:"Fields under one response key in one merged selection set."`
	ValueDepth    int `name:"max-value-depth" type:"limit" unit:"levels" default:"10" min:"0" max:"1000" help:"Nesting of lists and objects in a value."`
	Visits        int `name:"max-visits" unit:"parts" default:"10000" min:"1" max:"1000000" help:"Parts of the document that validation may look at, fragments as often as they are reached."`
	Comparisons   int `name:"max-comparisons" type:"limit" unit:"pairs" default:"10000" min:"0" max:"1000000000" help:"Pairs of fields under one response key that validation may have to compare."`
	MemoryBytes   int `kong:"-"` // see share
}

// Operation is what an operation may cost and spend; it converts to
// cost.Limits.
type Operation struct {
	Complexity      int   `name:"max-complexity" type:"limit" unit:"points" default:"20000" min:"0" max:"1000000000" help:"Complexity of the operation: one for each field, times the links that it stands for."`
	Links           int   `name:"max-links" unit:"links" default:"100000" min:"1" max:"100000000" help:"Links handed out by one operation. A list in which each link has several messages or QR codes counts once for each."`
	Representations int   `name:"max-representations" unit:"representations" default:"5000" min:"1" max:"1000000" help:"Representations given to _entities."`
	QRCodes         int   `name:"max-qr-codes" unit:"codes" default:"250" min:"1" max:"100000" help:"QR codes drawn by one operation; each takes a few milliseconds of CPU."`
	Modules         int   `name:"max-qr-modules" unit:"modules" default:"450000" min:"1" max:"1000000000" help:"Squares of the QR codes drawn by one operation, together: they are what drawing costs."`
	TextBytes       int64 `name:"max-text-bytes" type:"bytes" default:"16MiB" min:"1KiB" max:"1GiB" help:"Text of messages and formatted amounts composed by one operation."`
	AnswerBytes     int64 `name:"max-answer-bytes" type:"bytes" default:"32MiB" min:"1KiB" max:"1GiB" help:"The answer."`
	Errors          int   `name:"max-field-errors" unit:"errors" default:"100" min:"1" max:"100000" help:"Errors of fields in one answer; one more says that others are left out."`
}

// Tenants is what one merchant may ask for; it converts to
// overload.TenantLimits.
type Tenants struct {
	Rate     int `name:"tenant-rate" type:"limit" unit:"requests" default:"0" min:"0" max:"1000000" help:"Requests a second of one merchant, beyond which it gets RATE_LIMITED (429). A second's worth may come at once. Merchants that have no list yet share one merchant's bounds. With it connections answer nothing by themselves."`
	InFlight int `name:"tenant-in-flight" type:"limit" unit:"requests" default:"1000" min:"0" max:"1000000" help:"Requests of one merchant that are answered at a time, beyond which it gets OVERLOADED (503)."`
}

// Log is what is logged, and how.
type Log struct {
	LogLevel  slog.Level `type:"level" placeholder:"LEVEL" default:"info" help:"debug, info, warn or error."`
	LogFormat string     `type:"log-format" placeholder:"FORMAT" default:"text" help:"text or json, on standard error."`
	AccessLog string     `type:"access-log" placeholder:"all|failures|off" default:"failures" help:"Requests that are logged: all, failures (errors, refusals and what took longer than a second), or off."`
}

// HasUpstream reports whether an upstream is configured; without one the
// embedded sandbox takes its place.
func (c Config) HasUpstream() bool { return c.Upstream.BaseURL != "" }

// ServesAnonymous reports whether callers are asked for nothing: a pair of
// credentials is configured, and no issuer of bearer tokens.
func (c Config) ServesAnonymous() bool {
	return c.Callers.UserToken != "" && c.Callers.APIKey != "" && c.Callers.Issuer == ""
}

// Changed yields the settings that differ from their defaults, by the
// variable's name; values are redacted.
func (c Config) Changed() iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for _, s := range c.settings {
			if !s.IsDefault && !yield(s.Env, s.Value) {
				return
			}
		}
	}
}

// String is Changed, a line each.
func (c Config) String() string {
	var b strings.Builder
	for name, value := range c.Changed() {
		b.WriteString(name + "=" + value + "\n")
	}
	return b.String()
}

// LogValue is Changed for slog, by the flag's name with underscores.
func (c Config) LogValue() slog.Value {
	var attrs []slog.Attr
	for name, value := range c.Changed() {
		attrs = append(attrs, slog.String(strings.ToLower(strings.TrimPrefix(name, Prefix)), value))
	}
	return slog.GroupValue(attrs...)
}
