package billpocket_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"paymentlinks/internal/billpocket"
	"paymentlinks/internal/fault"
	"paymentlinks/internal/tenant"
)

// What one replica hands out makes the same list on another.
func TestBodyIsHandedOutAndDecoded(t *testing.T) {
	tests := map[string]struct {
		status int
		body   string
		links  int
	}{
		"list": {http.StatusOK, `[{"id":"a","custom_link_path":"https://h/a"},{"id":7}]`, 1},
		"none": {http.StatusNoContent, "", 0},
	}
	for name, test := range tests {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(test.status)
			_, _ = io.WriteString(w, test.body)
		}))
		defer server.Close()
		for _, keep := range []bool{true, false} {
			client, err := billpocket.New(billpocket.Config{Settings: billpocket.Settings{BaseURL: server.URL}, KeepBody: keep})
			if err != nil {
				t.Fatal(err)
			}
			c, err := tenant.NewCredentials("t", "k")
			if err != nil {
				t.Fatal(err)
			}
			got, err := client.List(t.Context(), tenant.NewKeyer().Tenant(c), nil)
			if err != nil {
				t.Fatal(err)
			}
			if (got.Body != nil) != keep || string(got.Body) != test.body && keep {
				t.Errorf("%s: body %q with KeepBody %v", name, got.Body, keep)
			}
			set, skipped, err := client.Decode(t.Context(), []byte(test.body))
			if err != nil || set.Len() != test.links || set.Len() != got.Set.Len() || skipped != got.Skipped {
				t.Errorf("%s: decoded to %d links, %d skipped, %v", name, set.Len(), skipped, err)
			}
		}
	}
	client, err := billpocket.New(billpocket.Config{Settings: billpocket.Settings{BaseURL: "https://h"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := client.Decode(t.Context(), []byte("{}")); fault.KindOf(err) != fault.UpstreamMalformed {
		t.Errorf("error = %v", err)
	}
}
