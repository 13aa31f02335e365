package gqlhttp

import (
	"net/http"
	"slices"
	"strings"

	"paymentlinks/internal/fault"
)

// leadsToPage reports whether a browser that was pointed at the API wants a
// page: a GET without any parameter of GraphQL whose Accept names text/html.
// Programs that accept anything do not name it.
func (c *call) leadsToPage() bool {
	if c.r.Method != http.MethodGet && c.r.Method != http.MethodHead {
		return false
	}
	parameters := c.r.URL.Query()
	if slices.ContainsFunc([]string{"query", "extensions", "documentId"}, parameters.Has) {
		return false
	}
	for element := range listElements(c.r.Header["Accept"]) {
		mediaRange, _ := cut(element, ';')
		if strings.EqualFold(trimSpace(mediaRange), "text/html") {
			return true
		}
	}
	return false
}

// leadToPage sends a browser to the playground, or says that there is none.
// The address is relative, so that it holds below a prefix that a proxy adds.
func (c *call) leadToPage() error {
	if !c.t.cfg.LeadBrowsers {
		return fault.New(fault.BadRequest, "This is a GraphQL API, and its playground is switched off: send a query with POST.")
	}
	location := "./"
	if strings.HasSuffix(c.r.URL.Path, "/") {
		location = "../"
	}
	header := c.w.Header()
	header.Set("Location", location)
	c.setHeader("Cache-Control", noStore)
	c.send(http.StatusSeeOther)
	return nil
}
