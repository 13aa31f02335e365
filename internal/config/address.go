package config

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Off turns a listener off.
const Off = "off"

const (
	defaultSandboxListen  = "127.0.0.1:8090"
	embeddedSandboxListen = "127.0.0.1:0"
)

func (c *Config) completeSandbox() error {
	if c.Server.SandboxListen == "" {
		c.Server.SandboxListen = defaultSandboxListen
	}
	return checkAddress("sandbox-listen", c.Server.SandboxListen)
}

// completeAddresses fills in and checks the addresses to listen on, last of
// all: what is safe to listen on depends on the credentials.
func (c *Config) completeAddresses(env map[string]string) error {
	if err := c.setListen(env["PORT"]); err != nil {
		return err
	}
	if c.Server.AdminListen != Off {
		if err := checkAddress("admin-listen", c.Server.AdminListen); err != nil {
			return err
		}
		if _, port, _ := net.SplitHostPort(c.Server.Listen); c.Server.AdminListen == c.Server.Listen && port != "0" {
			return problem("admin-listen", "is the same as %s", variable("listen"))
		}
	}
	if c.ServesAnonymous() && !isLoopbackAddress(c.Server.Listen) && !c.Callers.AllowAnonymous {
		return problem("listen", "reaches beyond loopback, while %s and %s let callers that send nothing read payment links: "+
			"set %s if that is meant, or listen on 127.0.0.1", variable("user-token"), variable("api-key"), variable("allow-anonymous"))
	}
	if c.HasUpstream() {
		return nil
	}
	if c.Server.SandboxListen == "" {
		c.Server.SandboxListen = embeddedSandboxListen
	}
	if err := checkAddress("sandbox-listen", c.Server.SandboxListen); err != nil {
		return err
	}
	if !isLoopbackAddress(c.Server.SandboxListen) {
		return problem("sandbox-listen", "reaches beyond loopback, where the embedded sandbox does not listen")
	}
	return nil
}

// setListen decides the API's address: what is set, else loopback with the
// sandbox and everywhere without, on PORT or 8080.
func (c *Config) setListen(port string) error {
	if port != "" && !isPort(port) {
		return errors.New("PORT must be a port number, 0 to 65535")
	}
	if c.Server.Listen != "" {
		if err := checkAddress("listen", c.Server.Listen); err != nil {
			return err
		}
		if _, own, _ := net.SplitHostPort(c.Server.Listen); port != "" && own != port {
			c.Warnings = append(c.Warnings, Warning{Setting: "PORT", Message: "It is not used: " + variable("listen") + " says another port."})
		}
		return nil
	}
	host := ""
	if !c.HasUpstream() {
		host = "127.0.0.1"
	}
	if port == "" {
		port = "8080"
	}
	c.Server.Listen = net.JoinHostPort(host, port)
	return nil
}

func checkAddress(flag, address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil || !isPort(port) || (host != "" && !isHost(host)) {
		return problem(flag, "is %q, which is no address such as 127.0.0.1:8080, [::1]:8080 or :8080", address)
	}
	return nil
}

func isPort(text string) bool {
	_, err := strconv.ParseUint(text, 10, 16)
	return err == nil
}

// isLoopbackAddress reports whether only this machine can connect. A name
// other than localhost may point anywhere.
func isLoopbackAddress(address string) bool {
	host, _, err := net.SplitHostPort(address)
	return err == nil && isLoopbackHost(host)
}

func isLoopbackHost(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// isHost reports whether text is an IP address or a DNS name.
func isHost(text string) bool {
	if _, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		return true
	}
	if text == "" || len(text) > 253 {
		return false
	}
	for label := range strings.SplitSeq(text, ".") {
		if label == "" || len(label) > 63 || strings.ContainsFunc(label, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
		}) {
			return false
		}
	}
	return true
}

func (c *Config) checkUpstream() error {
	u := c.Upstream
	if !c.HasUpstream() {
		switch {
		case c.Server.Production:
			return problem("production", "needs %s: the sandbox is no production upstream", variable("upstream-url"))
		case u.UpstreamInsecure:
			return problem("upstream-insecure", "needs %s", variable("upstream-url"))
		case u.UpstreamCAFile != "":
			return problem("upstream-ca-file", "needs %s", variable("upstream-url"))
		}
		return nil
	}
	if c.Server.SandboxListen != "" {
		return problem("sandbox-listen", "contradicts %s: with an upstream there is no sandbox", variable("upstream-url"))
	}
	if err := checkServiceURL(u.UpstreamURL, u.UpstreamInsecure); err != nil {
		return problem("upstream-url", "%w", err)
	}
	return nil
}

// checkServiceURL accepts an absolute URL without anything that has no place
// in it. Its errors leave the URL out: there may be a password in it.
func checkServiceURL(text string, acceptHTTP bool) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "" || !isHost(u.Hostname()) || (u.Port() != "" && !isPort(u.Port())):
		return errors.New("must be an absolute URL such as https://api.example.com")
	case u.Scheme != "https" && u.Scheme != "http":
		return errors.New("must be an https URL")
	case u.User != nil:
		return errors.New("must not hold a user or password")
	case u.RawQuery != "" || u.ForceQuery:
		return errors.New("must not have a query")
	case u.Fragment != "" || strings.Contains(text, "#"):
		return errors.New("must not have a fragment")
	case u.Scheme == "http" && !acceptHTTP && !isLoopbackHost(u.Hostname()):
		return errors.New("must be an https URL: http only reaches loopback (" + variable("upstream-insecure") + " lifts that for upstream)")
	}
	return nil
}

// checkOrigin accepts an origin as browsers send it: scheme, host, port.
func checkOrigin(text string) error {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || !isHost(u.Hostname()) || u.Scheme+"://"+u.Host != text {
		return errors.New("an origin is a scheme and a host, such as https://app.example.com")
	}
	return nil
}
