package billpocket

import (
	"fmt"
	"net/url"

	"paymentlinks/internal/address"
)

// listURL checks the base URL and appends the call's path. Its errors do not
// repeat the URL: people put secrets into URLs.
func listURL(base string, insecure bool) (*url.URL, error) {
	u, err := address.ParseService(base, insecure)
	if err != nil {
		return nil, fmt.Errorf("upstream URL %w", err)
	}
	if u.Path == "" {
		u.Path = "/" // JoinPath would make a relative path, and no request line may hold one
	}
	return u.JoinPath("v1", "custom-link"), nil
}
