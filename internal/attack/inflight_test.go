//go:build linux

package attack_test

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"testing"
	"time"
)

// flight is what may be in flight in these tests, and beside is what the program
// takes beside it: connections, goroutines, and garbage that Go has not collected yet.
const (
	flight = 64 << 20
	beside = 96 << 20
)

// TestAnswersThatNobodyReads: 60 callers ask for answers of some 10 MB each, and
// read nothing.
func TestAnswersThatNobodyReads(t *testing.T) {
	p := start(t, "PAYMENTLINKS_IN_FLIGHT_BYTES=64MiB", "PAYMENTLINKS_SNAPSHOT_BYTES=64MiB", "PAYMENTLINKS_ANSWER_BYTES=0", "GOMEMLIMIT=192MiB")
	p.give(t, "lazy", plain())
	p.give(t, "quick", list(10, nil))
	lazy := func(i int) string {
		return body(fmt.Sprintf(`{ a%d: paymentLinks { id url title code userId createdAt updatedAt isExpired state environment }
			b: paymentLinks { id url title code userId createdAt updatedAt isExpired state environment }
			c: paymentLinks { id url title code userId createdAt updatedAt isExpired state environment } }`, i), "")
	}
	var connections []net.Conn
	defer func() {
		for _, c := range connections {
			_ = c.Close()
		}
	}()
	address := host(t, p.url)
	p.cost(t, func() {
		for i := range 60 {
			c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			connections = append(connections, c)
			asked := lazy(i)
			if _, err := fmt.Fprintf(c, "POST /graphql HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nBP-User-Token: lazy\r\nX-Api-Key: demo-key\r\nContent-Length: %d\r\n\r\n%s", address, len(asked), asked); err != nil {
				t.Fatal(err)
			}
		}
	}).within(t, time.Minute, flight+beside)
	if a := p.ask(t, "quick", `{ paymentLinks { id } }`, ""); a.status != http.StatusOK {
		t.Errorf("a small question beside them: %v", a)
	}
}

// host is where a URL points to.
func host(t *testing.T, of string) string {
	t.Helper()
	u, err := url.Parse(of)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}
