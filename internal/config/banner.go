package config

import (
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"strings"
)

// Addresses are those that the program has come to listen on.
type Addresses struct {
	// API and Admin are of the server, Sandbox of the embedded one. Those that
	// are not listened on are nil.
	API, Admin, Sandbox net.Addr
}

// LogValue lists the addresses that are listened on.
func (a Addresses) LogValue() slog.Value {
	var attrs []slog.Attr
	for _, at := range []struct {
		name string
		addr net.Addr
	}{{"api", a.API}, {"admin", a.Admin}, {"sandbox", a.Sandbox}} {
		if at.addr != nil {
			attrs = append(attrs, slog.String(at.name, at.addr.String()))
		}
	}
	return slog.GroupValue(attrs...)
}

// WantsBanner reports whether w is read by a person: over the sandbox, whom the
// program is tried out by, and at a terminal. Others read the log.
func (c Config) WantsBanner(w io.Writer) bool {
	if !c.HasUpstream() {
		return true
	}
	file, ok := w.(interface{ Stat() (fs.FileInfo, error) })
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&fs.ModeCharDevice != 0
}

// Banner writes what an operator wants to know of a server that has just
// started, with a request that works as printed. The API's address comes first.
func (c Config) Banner(w io.Writer, at Addresses) error {
	var b strings.Builder
	root := URL(at.API)
	fmt.Fprintf(&b, "GraphQL API  %s/graphql\n", root)
	if !c.Server.Production {
		fmt.Fprintf(&b, "Playground   %s/\n", root)
	}
	if c.Agents.MCP {
		fmt.Fprintf(&b, "Assistants   %s/mcp\n", root)
	}
	if at.Admin != nil {
		fmt.Fprintf(&b, "Probes       %s/livez and /readyz\n", URL(at.Admin))
	}
	if at.Sandbox != nil {
		fmt.Fprintf(&b, "Sandbox      %s\n\n", URL(at.Sandbox))
		fmt.Fprintf(&b, "*** These are DEMO LINKS of the embedded sandbox, not Billpocket's: set %s to ask an upstream. ***\n", variable("upstream-url"))
	}
	if !c.Persisted.TrustedOnly {
		fmt.Fprintf(&b, "\nTry it:\n\n  %s\n", c.curl(root))
	}
	_, err := io.WriteString(w, b.String()+"\n")
	return err
}

// curl is a command for a shell. What it needs of a caller's own is a shell
// variable in it: no credential is printed.
func (c Config) curl(root string) string {
	var headers string
	switch {
	case c.Callers.Issuer != "":
		headers = ` -H "Authorization: Bearer $BEARER_TOKEN"`
	case c.ServesAnonymous():
	case c.Callers.APIKey != "":
		headers = ` -H "BP-User-Token: $BP_USER_TOKEN"`
	default:
		headers = ` -H "BP-User-Token: $BP_USER_TOKEN" -H "X-Api-Key: $BP_API_KEY"`
	}
	return "curl " + root + "/graphql -H 'Content-Type: application/json'" + headers +
		` -d '{"query": "{ paymentLinksConnection(filter: {state: [OPEN], currency: [\"MXN\"]}) { nodes { title url amount { formatted } } } }"}'`
}

// URL is where a browser on this machine reaches a listener.
func URL(address net.Addr) string {
	host, port, err := net.SplitHostPort(address.String())
	if err != nil {
		return "http://" + address.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}
