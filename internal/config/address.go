package config

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"paymentlinks/internal/address"
)

// Off turns a listener off.
const Off = "off"

// listPath is the path of upstream's call, below its base URL.
const listPath = "/v1/custom-link"

const (
	defaultSandboxListen  = "127.0.0.1:8090"
	embeddedSandboxListen = freeLoopback
	freeLoopback          = "127.0.0.1:0"
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
	if c.ServesAnonymous() && !isLoopbackAddress(c.Server.Listen) && !c.Secrets.AllowAnonymous {
		return problem("listen", "reaches beyond loopback, while %s and %s let callers that send nothing read payment links: "+
			"set %s if that is meant, or listen on 127.0.0.1", variable("user-token"), variable("api-key"), variable("allow-anonymous"))
	}
	if c.HasUpstream() {
		return nil
	}
	if c.Server.SandboxListen == "" {
		c.Server.SandboxListen = embeddedSandboxListen
	}
	// Trying the program out twice at once must work without a setting.
	if !slices.Contains(c.given, "admin-listen") {
		c.Server.AdminListenElse = freeLoopback
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
	if port != "" && !address.IsPort(port) {
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

func checkAddress(flag, listen string) error {
	host, port, err := net.SplitHostPort(listen)
	if err != nil || !address.IsPort(port) || (host != "" && !address.IsHost(host)) {
		return problem(flag, "is %q, which is not an address such as 127.0.0.1:8080, [::1]:8080 or :8080", listen)
	}
	return nil
}

// isLoopbackAddress reports whether only this machine can connect. A name
// other than localhost may point anywhere.
func isLoopbackAddress(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	return err == nil && address.IsLoopback(host)
}

func (c *Config) checkUpstream() error {
	u := c.Upstream
	if !c.HasUpstream() {
		switch {
		case c.Server.Production:
			return problem("production", "needs %s: the sandbox is not for production", variable("upstream-url"))
		case u.Insecure:
			return problem("upstream-insecure", "needs %s", variable("upstream-url"))
		case u.CAFile != "":
			return problem("upstream-ca-file", "needs %s", variable("upstream-url"))
		}
		return nil
	}
	if c.Server.SandboxListen != "" {
		return problem("sandbox-listen", "contradicts %s: with an upstream there is no sandbox", variable("upstream-url"))
	}
	if err := checkServiceURL(u.BaseURL, u.Insecure); err != nil {
		return problem("upstream-url", "%w", err)
	}
	if strings.HasSuffix(strings.TrimRight(u.BaseURL, "/"), listPath) {
		return problem("upstream-url", "ends in %s, which the program appends itself: leave that out", listPath)
	}
	return nil
}

// checkServiceURL is address.ParseService with the setting that lifts its bound.
func checkServiceURL(text string, acceptHTTP bool) error {
	_, err := address.ParseService(text, acceptHTTP)
	if errors.Is(err, address.ErrPlainHTTP) {
		return fmt.Errorf("%w (%s lifts that for upstream)", err, variable("upstream-insecure"))
	}
	return err
}
