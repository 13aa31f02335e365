package mcp

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/oauthex"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/gqlhttp"
)

// wellKnown is the beginning of the metadata's path (RFC 9728, section 3.1).
const wellKnown = "/.well-known/oauth-protected-resource"

// Resource is the server as an issuer's tokens name it.
type Resource struct {
	id       string
	metadata []byte
	at       *url.URL
}

// NewResource returns the resource of a server that is reached below publicURL
// by callers with tokens of issuer.
func NewResource(publicURL, issuer string) (*Resource, error) {
	id, err := url.Parse(strings.TrimRight(publicURL, "/") + Path)
	if err != nil {
		return nil, fmt.Errorf("mcp: the public URL: %w", err)
	}
	at := *id
	at.Path = wellKnown + id.Path
	r := &Resource{id: id.String(), at: &at}
	r.metadata, err = json.Marshal(oauthex.ProtectedResourceMetadata{
		Resource: r.id, AuthorizationServers: []string{issuer}, BearerMethodsSupported: []string{"header"}, ResourceName: "Payment links",
	})
	if err != nil {
		return nil, fmt.Errorf("mcp: describe the resource: %w", err)
	}
	return r, nil
}

// ID is the audience of tokens for the server: its public URL (RFC 8707).
func (r *Resource) ID() string { return r.id }

// Paths are where Protocol is to be served: the path that clients ask for,
// and the one that is left of it by a proxy that takes a prefix off.
func (r *Resource) Paths() []string {
	return slices.Compact([]string{wellKnown + Path, r.at.Path})
}

// Protocol returns how clients learn who issues tokens. Nobody is asked who they are.
func (r *Resource) Protocol() gqlhttp.Protocol {
	return gqlhttp.Protocol{
		Method: http.MethodGet,
		Serve: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Cache-Control", "public, max-age=3600")
			send(w, http.StatusOK, r.metadata)
		}),
		Refuse: func(w http.ResponseWriter, _ *http.Request, status int, f *fault.Error) { refuse(w, status, f) },
	}
}

// challenge adds where the metadata is to the WWW-Authenticate of a refusal (RFC
// 9728, section 5.1).
func (r *Resource) challenge(scheme string) string {
	separator := " "
	if strings.Contains(scheme, " ") {
		separator = ", "
	}
	return scheme + separator + "resource_metadata=" + strconv.Quote(r.at.String())
}
