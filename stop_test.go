package main

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// patience is how long a test waits for what has to come.
const patience = 20 * time.Second

// TestStopEndsFetches: a refresh that nobody waits for does not outlive the program.
func TestStopEndsFetches(t *testing.T) {
	var calls atomic.Int64
	began, ended := make(chan struct{}), make(chan struct{})
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) == 2 {
			close(began)
			<-r.Context().Done()
			close(ended)
			return
		}
		_, _ = io.WriteString(w, `[]`)
	}))
	defer upstream.Close()
	s := start(t, "PAYMENTLINKS_UPSTREAM_URL="+upstream.URL, "PAYMENTLINKS_UPSTREAM_TIMEOUT=5m", "PAYMENTLINKS_FRESH_FOR=1ms")
	for asked := false; !asked; {
		s.query(t, `{ paymentLinks { id } }`, "BP-User-Token", "t", "X-Api-Key", "k")
		select {
		case <-began:
			asked = true
		default:
		}
	}
	s.cancel()
	if err := s.stopped(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ended:
	case <-time.After(patience):
		t.Error("the fetch goes on")
	}
}

// TestStopClosesConnections: upstream keeps none that nobody will use again.
func TestStopClosesConnections(t *testing.T) {
	closed := make(chan struct{}, 1)
	upstream := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `[]`)
	}))
	upstream.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateClosed {
			closed <- struct{}{}
		}
	}
	upstream.Start()
	defer upstream.Close()
	s := start(t, "PAYMENTLINKS_UPSTREAM_URL="+upstream.URL, "PAYMENTLINKS_UPSTREAM_REUSE=on")
	s.query(t, `{ paymentLinks { id } }`, "BP-User-Token", "t", "X-Api-Key", "k")
	s.cancel()
	if err := s.stopped(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-closed:
	case <-time.After(patience):
		t.Error("the connection stays open")
	}
}

// TestIncompleteListIsLogged: what upstream sends and nobody can read is told to operators.
func TestIncompleteListIsLogged(t *testing.T) {
	url, _ := newUpstream(t, `[{"id":"a","custom_link_path":"https://h/a"},{"id":"b"}]`)
	s := start(t, "PAYMENTLINKS_UPSTREAM_URL="+url)
	s.query(t, `{ paymentLinks { id } }`, "BP-User-Token", "t", "X-Api-Key", "k")
	s.cancel()
	if err := s.stopped(); err != nil {
		t.Fatal(err)
	}
	if log := s.stderr.String(); !strings.Contains(log, "upstream list is incomplete") {
		t.Errorf("the log does not tell of the element that was left out:\n%s", log)
	}
}
