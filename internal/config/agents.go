package config

import (
	"slices"
)

// completeAgents decides whether assistants are served, and checks what they need.
func (c *Config) completeAgents(command Command) error {
	hasIssuer := c.Callers.Issuer != ""
	if !slices.Contains(c.given, "mcp") {
		c.Agents.MCP = !c.HasUpstream() && (!hasIssuer || c.Agents.PublicURL != "")
	}
	if c.Agents.PublicURL != "" {
		if err := checkServiceURL(c.Agents.PublicURL, false); err != nil {
			return problem("public-url", "%w", err)
		}
	}
	switch {
	case command == MCP && hasIssuer:
		return problem("jwt-issuer", "is not for the command %s: nobody brings a bearer token over standard input", MCP)
	case command == MCP && !c.ServesAnonymous():
		return problem("user-token", "is missing: over standard input nobody brings credentials, so %s and %s are needed", variable("user-token"), variable("api-key"))
	case command != MCP && c.Agents.MCP && hasIssuer && c.Agents.PublicURL == "":
		return problem("public-url", "is missing: with %s and %s, assistants have to learn under which URL tokens are for this server", variable("mcp"), variable("jwt-issuer"))
	}
	return nil
}
