package upstream

import "paymentlinks/internal/fault"

// outcome is what a try says about upstream's health.
type outcome int

const (
	// neutral says nothing: upstream answered one pair, or one request, in a
	// way that tells nothing about the others.
	neutral outcome = iota
	success
	failure
)

// rule is what the policies make of a try that ended in one way.
type rule struct {
	// outcome is what the breaker counts.
	outcome outcome
	// retries bounds how often the try is repeated for this reason.
	retries int
}

// ruleOf returns the rule of a fault kind; "" is a try that brought a list.
// Kinds that no try ends with are neutral and final.
func ruleOf(kind fault.Kind) rule {
	switch kind {
	case "":
		return rule{outcome: success}
	case fault.UpstreamUnavailable, fault.UpstreamTimeout:
		return rule{outcome: failure, retries: 2}
	case fault.UpstreamMalformed, fault.UpstreamRateLimited:
		return rule{outcome: neutral, retries: 1}
	default:
		return rule{outcome: neutral}
	}
}
