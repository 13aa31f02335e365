package gqlhttp_test

import (
	"testing"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/gqlhttp"
)

// statuses is what a request that was not executed gets, by kind: with
// application/graphql-response+json, and with application/json.
func statuses() map[fault.Kind][2]int {
	return map[fault.Kind][2]int{
		fault.ParseFailed:          {400, 200},
		fault.ValidationFailed:     {400, 200},
		fault.BadUserInput:         {400, 200},
		fault.OperationResolution:  {400, 200},
		fault.LimitExceeded:        {400, 200},
		fault.PersistedNotFound:    {400, 200},
		fault.PersistedUnsupported: {400, 200},
		fault.BadRequest:           {400, 400},
		fault.Unauthenticated:      {401, 401},
		fault.Forbidden:            {403, 403},
		fault.CrossSite:            {403, 403},
		fault.MethodNotAllowed:     {405, 405},
		fault.NotAcceptable:        {406, 406},
		fault.BodyTimeout:          {408, 408},
		fault.BodyTooLarge:         {413, 413},
		fault.UnsupportedMediaType: {415, 415},
		fault.Misdirected:          {421, 421},
		fault.RateLimited:          {429, 429},
		fault.HeadersTooLarge:      {431, 431},
		fault.Canceled:             {499, 499},
		fault.Internal:             {500, 500},
		fault.UpstreamMalformed:    {502, 502},
		fault.UpstreamRejected:     {502, 502},
		fault.Overloaded:           {503, 503},
		fault.UpstreamUnavailable:  {503, 503},
		fault.UpstreamRateLimited:  {503, 503},
		fault.Timeout:              {504, 504},
		fault.UpstreamTimeout:      {504, 504},
	}
}

func TestStatusOfEveryKind(t *testing.T) {
	for _, kind := range fault.Kinds() {
		want, ok := statuses()[kind]
		if !ok {
			t.Errorf("kind %s has no row", kind)
			continue
		}
		if got := gqlhttp.StatusOf(kind, gqlhttp.MediaResponse); got != want[0] {
			t.Errorf("statusOf(%s, application/graphql-response+json) = %d, want %d", kind, got, want[0])
		}
		if got := gqlhttp.StatusOf(kind, gqlhttp.MediaJSON); got != want[1] {
			t.Errorf("statusOf(%s, application/json) = %d, want %d", kind, got, want[1])
		}
		if got := gqlhttp.StatusOfNullData(kind, gqlhttp.MediaJSON); got != 200 {
			t.Errorf("statusOfNullData(%s, application/json) = %d, want 200", kind, got)
		}
	}
	if got := gqlhttp.StatusOf("NOBODY_KNOWS", gqlhttp.MediaJSON); got != 0 {
		t.Errorf("statusOf of an unknown kind = %d, want 0", got)
	}
}

// Data is null only where a non-null root field failed.
func TestStatusOfNullData(t *testing.T) {
	e := newEdge(t)
	for kind, want := range map[string]int{
		"UNAUTHENTICATED":             401,
		"FORBIDDEN":                   403,
		"UPSTREAM_MALFORMED_RESPONSE": 502,
		"UPSTREAM_REJECTED":           502,
		"UPSTREAM_UNAVAILABLE":        503,
		"UPSTREAM_RATE_LIMITED":       503,
		"UPSTREAM_TIMEOUT":            504,
		"INTERNAL_SERVER_ERROR":       500,
		"NOBODY_KNOWS":                500,
	} {
		t.Run(kind, func(t *testing.T) {
			document := `{ mustFail(kind: "` + kind + `") }`
			w := e.do(query(document, "Accept", "application/graphql-response+json"))
			if w.Code != want {
				t.Errorf("status = %d, want %d", w.Code, want)
			}
			a := decoded(t, w.Body)
			if a.Data == nil || string(*a.Data) != "null" || a.code() != kind {
				t.Errorf("answer = %+v, want null data and code %s", a, kind)
			}
			if w := e.do(query(document, "Accept", "application/json")); w.Code != 200 {
				t.Errorf("status with application/json = %d, want 200", w.Code)
			}
		})
	}
}
