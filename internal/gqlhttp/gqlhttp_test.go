package gqlhttp_test

import (
	"net/http"
	"testing"
)

func TestPost(t *testing.T) {
	w := newEdge(t).do(query(`{ hello }`))
	if got, want := w.Body.String(), `{"data":{"hello":"world"}}`; w.Code != http.StatusOK || got != want {
		t.Errorf("got %d %s, want 200 %s", w.Code, got, want)
	}
}
