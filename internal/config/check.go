package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"paymentlinks/internal/address"
)

// checkRanges checks every value against the bounds in its tag.
// What has no default and was not set is filled in later.
func checkRanges(flags []*kong.Flag, given []string, problems *problems) {
	for _, flag := range flags {
		if flag.Tag.Has("min") && (flag.HasDefault || slices.Contains(given, flag.Name)) {
			problems.add(checkRange(flag), variable(flag.Name))
		}
	}
}

func checkRange(flag *kong.Flag) error {
	low, err := number(flag.Value, flag.Tag.Get("min"))
	if err != nil {
		return err
	}
	high, err := number(flag.Value, flag.Tag.Get("max"))
	if err != nil {
		return err
	}
	if n := flag.Target.Int(); (n < low || n > high) && !isOff(flag.Value) {
		return problem(flag.Name, "must be from %s to %s, and is %s", flag.Tag.Get("min"), flag.Tag.Get("max"), printed(flag.Value))
	}
	return nil
}

// isOff reports whether a limit is switched off. Other values of -1 are just that.
func isOff(v *kong.Value) bool {
	return v.Target.Int() == off && (v.Tag.Type == asLimit || v.Tag.Type == asBytesLimit)
}

// number reads a bound in the notation of the value itself.
func number(v *kong.Value, text string) (int64, error) {
	switch {
	case v.Target.Type() == reflect.TypeFor[time.Duration]():
		d, err := time.ParseDuration(text)
		return int64(d), err
	case v.Tag.Type == asBytes || v.Tag.Type == asBytesLimit:
		return parseBytes(text)
	}
	return strconv.ParseInt(text, 10, 64)
}

// problem is an error about one setting, named as flag and as variable.
func problem(flag, format string, args ...any) error {
	return fmt.Errorf("%s (--%s) "+format, append([]any{variable(flag), flag}, args...)...)
}

// complete reads secret files, fills defaults that depend on other settings,
// and looks for contradictions.
func (c *Config) complete(command Command, env map[string]string, problems *problems) {
	if command == Sandbox {
		problems.add(c.completeSandbox(), "")
		return
	}
	for _, check := range []func() error{
		c.readSecrets, c.checkUpstream, c.checkSnapshots, c.checkSharing, c.checkBearer, c.checkDocuments, c.checkNames,
	} {
		problems.add(check(), "")
	}
	c.fillSandboxCredentials()
	problems.add(c.checkPair(), "")
	problems.add(c.completeAgents(command), "")
	if command != MCP { // which listens on nothing
		problems.add(c.completeAddresses(env), "")
	}
	problems.add(c.divideMemory(env), "")
	c.share()
}

// checkSnapshots lets a long FreshFor alone outlast the default of StaleFor;
// who sets both is told that they contradict each other.
func (c *Config) checkSnapshots() error {
	s := c.Snapshots
	if s.StaleFor > 0 && s.StaleFor < s.FreshFor && slices.Contains(c.given, "stale-for") {
		return problem("stale-for", "is shorter than %s: a list would be too old before it stops being fresh", variable("fresh-for"))
	}
	return nil
}

func (c *Config) checkDocuments() error {
	if c.Persisted.TrustedOnly && len(c.Persisted.Manifests) == 0 {
		return problem("trusted-only", "needs %s: without a manifest every document would be refused", variable("trusted-documents"))
	}
	return nil
}

// checkNames checks the lists of hosts and origins.
func (c *Config) checkNames() error {
	for _, host := range c.Edge.AllowedHosts {
		if !address.IsHost(host) {
			return problem("allowed-hosts", "has %q, which is not a host name or address", host)
		}
	}
	for _, host := range c.Upstream.LiveHosts {
		if !address.IsHost(host) {
			return problem("live-hosts", "has %q, which is not a host name or address", host)
		}
	}
	for _, proxy := range c.Edge.TrustedProxies {
		if _, err := address.ParsePrefix(proxy); err != nil {
			return problem("trusted-proxies", "has %q: %w", proxy, err)
		}
	}
	for _, origin := range c.Edge.AllowedOrigins {
		if _, err := address.ParseOrigin(origin); err != nil {
			return problem("allowed-origins", "has %q: %w", origin, err)
		}
	}
	return nil
}

// checkBearer checks that the settings of bearer tokens come together.
func (c *Config) checkBearer() error {
	parts := []struct{ flag, value string }{
		{"jwt-issuer", c.Callers.Issuer},
		{"jwt-audience", c.Callers.Audience},
		{"jwks-url", c.Callers.JWKSURL},
		{"credentials-file", c.Callers.CredentialsFile},
	}
	set, missing := "", ""
	for _, part := range parts {
		switch {
		case part.value != "":
			set = part.flag
		case missing == "":
			missing = part.flag
		}
	}
	if set != "" && missing != "" {
		return problem(set, "needs %s: bearer tokens take an issuer, an audience, a JWKS URL and a credentials file together", variable(missing))
	}
	if set == "" && c.Callers.MerchantClaim != "merchant" {
		return problem("jwt-merchant-claim", "needs %s: without an issuer no bearer token is read", variable("jwt-issuer"))
	}
	if set != "" && c.Callers.UserToken != "" {
		c.warn("user-token", "It is never used: with an issuer of bearer tokens, a caller that brings nothing is refused.")
	}
	if c.Callers.JWKSURL == "" {
		return nil
	}
	if err := checkServiceURL(c.Callers.JWKSURL, false); err != nil {
		return problem("jwks-url", "%w", err)
	}
	return nil
}

// checkPair refuses half a pair of credentials.
func (c *Config) checkPair() error {
	if c.Callers.UserToken != "" && c.Callers.APIKey == "" {
		return problem("user-token", "needs %s: upstream takes both together", variable("api-key"))
	}
	for _, s := range []struct{ flag, secret string }{{"user-token", c.Callers.UserToken}, {"api-key", c.Callers.APIKey}} {
		if err := checkCredential(s.secret); err != nil {
			return problem(s.flag, "%w", err)
		}
	}
	return nil
}

// checkCredential refuses what could never be a header's value.
func checkCredential(text string) error {
	const maxBytes = 4096
	if len(text) > maxBytes || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return errors.New("must be 1 to 4,096 bytes of visible ASCII")
	}
	return nil
}

// fillSandboxCredentials lets `go run .` answer a caller that sends nothing.
func (c *Config) fillSandboxCredentials() {
	if c.HasUpstream() || c.Callers.Issuer != "" {
		return
	}
	if c.Callers.UserToken == "" {
		c.Callers.UserToken = "demo-seed"
	}
	if c.Callers.APIKey == "" {
		c.Callers.APIKey = "demo-key"
	}
}

func (c *Config) warn(flag, message string) {
	c.Warnings = append(c.Warnings, Warning{Setting: variable(flag), Message: message})
}
