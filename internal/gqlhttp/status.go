package gqlhttp

import (
	"net/http"

	"paymentlinks/internal/fault"
)

// statusClientGone is what the access log says of a caller that left. No
// client ever sees it.
const statusClientGone = 499

// statusOf returns the status of a request that was refused for a kind, 0 for
// a kind that it does not know.
//
// With application/json a request that is well-formed GraphQL over HTTP gets
// 200 whatever became of it, because such a client cannot tell our status from
// a proxy's (GraphQL over HTTP, "application/json"). With
// application/graphql-response+json the status says what happened.
func statusOf(kind fault.Kind, media mediaType) int {
	switch kind {
	case fault.ParseFailed, fault.ValidationFailed, fault.BadUserInput, fault.OperationResolution,
		fault.LimitExceeded, fault.PersistedNotFound, fault.PersistedUnsupported:
		if media == mediaJSON {
			return http.StatusOK
		}
		return http.StatusBadRequest
	case fault.BadRequest:
		return http.StatusBadRequest
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Forbidden, fault.CrossSite:
		return http.StatusForbidden
	case fault.MethodNotAllowed:
		return http.StatusMethodNotAllowed
	case fault.NotAcceptable:
		return http.StatusNotAcceptable
	case fault.BodyTimeout:
		return http.StatusRequestTimeout
	case fault.BodyTooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.UnsupportedMediaType:
		return http.StatusUnsupportedMediaType
	case fault.Misdirected:
		return http.StatusMisdirectedRequest
	case fault.HeadersTooLarge:
		return http.StatusRequestHeaderFieldsTooLarge
	case fault.RateLimited:
		return http.StatusTooManyRequests
	case fault.Overloaded, fault.UpstreamUnavailable, fault.UpstreamRateLimited:
		return http.StatusServiceUnavailable
	case fault.Timeout, fault.UpstreamTimeout:
		return http.StatusGatewayTimeout
	case fault.UpstreamMalformed, fault.UpstreamRejected:
		return http.StatusBadGateway
	case fault.Internal:
		return http.StatusInternalServerError
	case fault.Canceled:
		return statusClientGone
	}
	return 0
}

// statusOfNullData returns the status of an answer whose data is null: it was
// executed, so application/json gets 200.
func statusOfNullData(kind fault.Kind, media mediaType) int {
	if media == mediaJSON {
		return http.StatusOK
	}
	if status := statusOf(kind, media); status != 0 {
		return status
	}
	return http.StatusInternalServerError
}
