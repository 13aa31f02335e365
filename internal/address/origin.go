package address

import (
	"errors"
	"net/url"
	"strings"
)

// Origin is what a browser or an app's web view sends as Origin, in one
// spelling: lower case, and without the port that the scheme implies. Origins
// are comparable.
type Origin string

var errNoOrigin = errors.New("an origin is a scheme and a host, such as https://app.example.com or capacitor://localhost")

// ParseOrigin reads an origin: a scheme and a host, with a port if need be. The
// scheme is http, https, or one that web views of apps and extensions of
// browsers have. "null" names nobody, and is refused.
func ParseOrigin(text string) (Origin, error) {
	u, err := url.Parse(text)
	if err != nil || !IsHost(u.Hostname()) || (u.Port() != "" && !IsPort(u.Port())) ||
		!strings.EqualFold(u.Scheme+"://"+u.Host, text) {
		return "", errNoOrigin
	}
	origin := strings.ToLower(text)
	switch u.Scheme {
	case "https":
		origin = strings.TrimSuffix(origin, ":443")
	case "http":
		origin = strings.TrimSuffix(origin, ":80")
	case "capacitor", "ionic", "tauri", "chrome-extension", "moz-extension", "safari-web-extension":
	default:
		return "", errNoOrigin
	}
	return Origin(origin), nil
}
