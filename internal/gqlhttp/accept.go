package gqlhttp

import "strings"

// mediaType is one of the two media types of answers.
type mediaType uint8

const (
	// mediaJSON is application/json: the status says little.
	mediaJSON mediaType = iota
	// mediaResponse is application/graphql-response+json.
	mediaResponse
)

// contentType returns the Content-Type of answers.
func (m mediaType) contentType() string {
	if m == mediaResponse {
		return "application/graphql-response+json; charset=utf-8"
	}
	return "application/json; charset=utf-8"
}

// offer is how much a client wants one of the things that we can send.
type offer struct {
	weight int // in thousandths
	// specificity is that of the range which decided the weight (RFC 9110,
	// section 12.5.1): 0 none, 1 all, 2 all of a type, 3 named.
	specificity int
	position    int // of that range in the header
}

func (o *offer) consider(weight, specificity, position int) {
	if specificity > o.specificity {
		*o = offer{weight, specificity, position}
	}
}

// negotiateMedia chooses the media type of the answer; false when the client
// accepts neither. Without Accept, and for a client that accepts anything, it
// is application/json: such a client may be an old one. Among equal weights
// the more exactly named one wins, then the one listed first.
func negotiateMedia(accept []string) (mediaType, bool) {
	var forJSON, forResponse offer
	position := 0
	for element := range listElements(accept) {
		position++
		mediaRange, rest := cut(element, ';')
		q, ok := acceptParameters(rest)
		if !ok {
			continue
		}
		switch mediaRange = trimSpace(mediaRange); {
		case strings.EqualFold(mediaRange, "application/graphql-response+json"):
			forResponse.consider(q, 3, position)
		case strings.EqualFold(mediaRange, "application/json"):
			forJSON.consider(q, 3, position)
		case strings.EqualFold(mediaRange, "application/*"):
			forResponse.consider(q, 2, position)
			forJSON.consider(q, 2, position)
		case mediaRange == "*/*":
			forResponse.consider(q, 1, position)
			forJSON.consider(q, 1, position)
		}
	}
	switch {
	case position == 0:
		return mediaJSON, true
	case forJSON.weight == 0 && forResponse.weight == 0:
		return mediaJSON, false
	case forResponse.weight != forJSON.weight:
		return choose(forResponse.weight > forJSON.weight), true
	case forResponse.specificity != forJSON.specificity:
		return choose(forResponse.specificity > forJSON.specificity), true
	}
	return choose(forResponse.position < forJSON.position), true
}

func choose(response bool) mediaType {
	if response {
		return mediaResponse
	}
	return mediaJSON
}

// acceptParameters returns the weight of a media range; false when the range
// matches nothing of ours because it asks for another charset.
// Other parameters do not narrow the range: neither of our types has any.
func acceptParameters(s string) (int, bool) {
	q := maxWeight
	for name, value := range parameters(s) {
		switch {
		case strings.EqualFold(name, "q"):
			q = leniently(value)
		case strings.EqualFold(name, "charset"):
			if !isUTF8(value) {
				return 0, false
			}
		}
	}
	return q, true
}

func isUTF8(charset string) bool {
	return strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "utf8")
}
