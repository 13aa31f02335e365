package sandbox_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"paymentlinks/internal/sandbox"
)

// TestManyMerchantsAtOnce changes lists and faults while others are served:
// every answer is one merchant's whole list, old or new.
func TestManyMerchantsAtOnce(t *testing.T) {
	s, server := newServer(t)
	const merchants, rounds = 8, 10
	var wg sync.WaitGroup
	for i := range merchants {
		name := fmt.Sprintf("merchant%02d", i)
		s.AddMerchant(name, sandbox.APIKey, sandbox.GenerateList(name, 5, start()))
		wg.Go(func() {
			for round := range rounds {
				s.SetBody(name, sandbox.GenerateList(name, 5+round%2, start()))
				_ = s.Fail(sandbox.Fault{Token: name, Mode: sandbox.ModeStatus, Status: 503, Calls: 1})
				_ = s.Faults()
				_ = s.Calls()
			}
			s.ClearFaults(name)
		})
		wg.Go(func() {
			for range rounds {
				got, err := ask(t, server.URL+"/v1/custom-link", name, sandbox.APIKey, "Accept-Encoding", "gzip")
				if err != nil || got.status == 503 {
					continue
				}
				body := gunzip(t, got.body)
				var links []link
				if err := json.Unmarshal(body, &links); err != nil || len(links) < 5 {
					t.Errorf("%s: %d links, error %v", name, len(links), err)
				}
				for _, l := range links {
					if !bytes.Contains(l["id"], []byte(name)) {
						t.Errorf("%s was served %s", name, l["id"])
					}
				}
			}
		})
	}
	wg.Wait()
	if got := s.Calls().Total; got != merchants*rounds {
		t.Errorf("%d calls counted, want %d", got, merchants*rounds)
	}
	if got := s.Faults(); len(got) != 0 {
		t.Errorf("faults left: %v", got)
	}
}

// TestFaultsSpoilTheCompressedAnswerToo: a client that asks for gzip meets the
// same faults.
func TestFaultsSpoilTheCompressedAnswerToo(t *testing.T) {
	s, server := newServer(t)
	url := server.URL + "/v1/custom-link"
	plain := mustAsk(t, url, sandbox.SeedToken)
	whole := mustAsk(t, url, sandbox.SeedToken, "Accept-Encoding", "gzip")

	fail(t, s, sandbox.Fault{Mode: sandbox.ModeCutOff, Calls: 1})
	if got := mustAsk(t, url, sandbox.SeedToken, "Accept-Encoding", "gzip"); got.err == nil || len(got.body) >= len(whole.body) {
		t.Errorf("cut off: %d of %d bytes, error %v", len(got.body), len(whole.body), got.err)
	}
	fail(t, s, sandbox.Fault{Mode: sandbox.ModeSlowDrip, Delay: time.Millisecond, Calls: 1})
	if got := mustAsk(t, url, sandbox.SeedToken, "Accept-Encoding", "gzip"); !bytes.Equal(gunzip(t, got.body), plain.body) {
		t.Error("dripped: another list")
	}
}

func TestCloseMayBeRepeated(t *testing.T) {
	s, server := newServer(t)
	s.Close()
	s.Close()
	if got := mustAsk(t, server.URL+"/v1/custom-link", sandbox.SeedToken); got.status != 200 {
		t.Errorf("after Close: %d, want the list: only waiting ends", got.status)
	}
}

func TestResetBringsEverythingBack(t *testing.T) {
	s, server := newServer(t)
	url := server.URL + "/v1/custom-link"
	seed := mustAsk(t, url, sandbox.SeedToken).body
	s.SetBody(sandbox.SeedToken, []byte("[]"))
	s.AddMerchant("newcomer", "k", []byte("[]"))
	fail(t, s, sandbox.Fault{Mode: sandbox.ModeDisconnect})
	s.Reset()
	if got := s.Calls(); got.Total != 0 || len(got.ByToken) != 0 || got.Unknown != 0 {
		t.Errorf("calls after Reset: %+v", got)
	}
	if got := mustAsk(t, url, sandbox.SeedToken); !bytes.Equal(got.body, seed) {
		t.Errorf("list after Reset: %.80s", got.body)
	}
	if got, err := ask(t, url, "newcomer", "k"); err != nil || got.status != 401 {
		t.Errorf("newcomer after Reset: %d, %v; want 401", got.status, err)
	}
	// What New made must not have been changed by the first round.
	s.SetBody(sandbox.SeedToken, []byte("[]"))
	s.Reset()
	if got := mustAsk(t, url, sandbox.SeedToken); !bytes.Equal(got.body, seed) {
		t.Errorf("list after a second Reset: %.80s", got.body)
	}
}
