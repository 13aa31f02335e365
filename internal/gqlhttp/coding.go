package gqlhttp

import "strings"

// coding is a content coding of answers.
type coding uint8

const (
	codingIdentity coding = iota
	codingGzip
	codingZstd
)

// String returns the value of Content-Encoding.
func (c coding) String() string {
	switch c {
	case codingIdentity:
		return "identity"
	case codingGzip:
		return "gzip"
	case codingZstd:
		return "zstd"
	}
	return ""
}

// contentEncoding returns the value of Content-Encoding, "" for an answer as it is.
func (c coding) contentEncoding() string {
	if c == codingIdentity {
		return ""
	}
	return c.String()
}

// codings is what a client accepts of our content codings.
type codings struct {
	// best is the one to use where compressing pays: by weight, then gzip
	// before zstd before identity. There are clients that offer zstd and cannot
	// read it.
	best coding
	// plain tells that an answer too short to compress may go out as it is.
	plain bool
}

// negotiateCodings reads Accept-Encoding (RFC 9110, section 12.5.3); false when
// the client accepts none of ours, not even identity.
func negotiateCodings(acceptEncoding []string) (codings, bool) {
	var offers [3]offer
	position := 0
	for element := range listElements(acceptEncoding) {
		position++
		name, rest := cut(element, ';')
		q := codingParameters(rest)
		switch name = trimSpace(name); {
		case name == "*":
			for i := range offers {
				offers[i].consider(q, 1, position)
			}
		case strings.EqualFold(name, "zstd"):
			offers[codingZstd].consider(q, 2, position)
		case strings.EqualFold(name, "gzip"), strings.EqualFold(name, "x-gzip"):
			offers[codingGzip].consider(q, 2, position)
		case strings.EqualFold(name, "identity"):
			offers[codingIdentity].consider(q, 2, position)
		}
	}
	// Identity is acceptable unless it was excluded, but then without a wish
	// for it: anything that was asked for goes first.
	plain := offers[codingIdentity].specificity == 0 || offers[codingIdentity].weight > 0
	best := codingIdentity
	for _, c := range [...]coding{codingZstd, codingGzip} {
		if offers[c].weight > 0 && offers[c].weight >= offers[best].weight {
			best = c
		}
	}
	return codings{best: best, plain: plain}, plain || best != codingIdentity
}

// codingParameters returns the weight of a coding.
func codingParameters(s string) int {
	q := maxWeight
	for name, value := range parameters(s) {
		if strings.EqualFold(name, "q") {
			q = leniently(value)
		}
	}
	return q
}
