package billpocket_test

import (
	"net/http/httptest"
	"testing"

	"paymentlinks/internal/billpocket"
	"paymentlinks/internal/sandbox"
	"paymentlinks/internal/tenant"
)

// newUpstream starts a sandbox on loopback and returns it with its URL.
func newUpstream(t testing.TB) (*sandbox.Server, string) {
	t.Helper()
	upstream := sandbox.New(sandbox.Config{})
	server := httptest.NewServer(upstream)
	t.Cleanup(server.Close)
	t.Cleanup(upstream.Close)
	return upstream, server.URL
}

func newClient(t testing.TB, c billpocket.Config) *billpocket.Client {
	t.Helper()
	client, err := billpocket.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

func credentials(t testing.TB, userToken string) tenant.Credentials {
	t.Helper()
	c, err := tenant.NewCredentials(userToken, sandbox.APIKey)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
