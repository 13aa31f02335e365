package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"paymentlinks/internal/sharedcache/redistest"
)

// startNginx runs the configuration of deploy/nginx before the servers, without
// TLS and on a socket. It returns a client that finds every host there.
func startNginx(t *testing.T, change func(conf string) string, servers []*service) *http.Client {
	t.Helper()
	text, err := os.ReadFile("deploy/nginx/paymentlinks.conf")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "nginx") //nolint:usetesting // t.TempDir's names are too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	var lines strings.Builder
	for _, s := range servers {
		fmt.Fprintf(&lines, "server %s;\n", strings.TrimPrefix(s.url, "http://"))
	}
	conf := change(string(text))
	conf = strings.Replace(conf, "server 127.0.0.1:8080;", lines.String(), 1)
	conf = strings.Replace(conf, "listen 443 ssl;", "listen unix:"+dir+"/socket;", 1)
	conf = regexp.MustCompile(`(?m)^\s*ssl_.*$`).ReplaceAllString(conf, "")
	conf = "pid " + dir + "/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\nclient_body_temp_path " + dir + "/body;\nproxy_temp_path " + dir +
		"/proxy;\nfastcgi_temp_path " + dir + "/fastcgi;\nuwsgi_temp_path " + dir + "/uwsgi;\nscgi_temp_path " + dir + "/scgi;\n" + conf + "\n}\n"
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	output := newOutput()
	cmd := exec.Command("nginx", "-p", dir, "-c", file, "-g", "daemon off; master_process off;") //nolint:noctx // it ends in the cleanup, after the test's context
	cmd.Stderr = output
	if err := cmd.Start(); err != nil {
		t.Fatalf("nginx (Debian's package nginx-light; make setup installs it): %v", err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // it is killed
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
	})
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", dir+"/socket")
	}
	within(t, "nginx listens", func() bool {
		conn, err := dial(t.Context(), "", "")
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})
	transport := &http.Transport{DialContext: dial, MaxIdleConnsPerHost: 8}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// TestUpstreamCallsOfReplicas measures how often upstream is asked for each
// request by three replicas behind nginx, for merchants as unequal as they are.
func TestUpstreamCallsOfReplicas(t *testing.T) {
	const requests, merchants, clients = 3000, 400, 8
	asRoundRobin := func(conf string) string {
		return regexp.MustCompile(`(?m)^\s*hash .*$`).ReplaceAllString(conf, "")
	}
	asItIs := func(conf string) string { return conf }
	redis := redistest.Start(t)
	tests := []struct {
		name    string
		change  func(conf string) string
		environ []string
		// bound is how many calls there may be for n merchants that asked.
		bound func(n int64) (least, most int64)
	}{
		{"none", asRoundRobin, []string{"PAYMENTLINKS_FRESH_FOR=0s"}, func(int64) (int64, int64) { return requests / 2, requests }},
		{"local", asRoundRobin, []string{"PAYMENTLINKS_FRESH_FOR=5m"}, func(n int64) (int64, int64) { return n + n/4, 3 * n }},
		{"routed", asItIs, []string{"PAYMENTLINKS_FRESH_FOR=5m"}, func(n int64) (int64, int64) { return n, n }},
		{"shared", asRoundRobin, []string{"PAYMENTLINKS_FRESH_FOR=5m", "PAYMENTLINKS_REDIS_URL=" + redis.URL()}, func(n int64) (int64, int64) { return n, n + n/20 }}, // on a busy machine Redis may take its 50 ms
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var calls atomic.Int64
			upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				calls.Add(1)
				_, _ = io.WriteString(w, `[{"id":"a","custom_link_path":"https://h/a"}]`)
			}))
			defer upstream.Close()
			var replicas []*service
			for range 3 {
				s := start(t, append([]string{"PAYMENTLINKS_UPSTREAM_URL=" + upstream.URL, "PAYMENTLINKS_SHUTDOWN_DELAY=0s"}, test.environ...)...)
				if test.name == "shared" {
					s.reaches(t, "paymentlinks_redis_up", "1")
				}
				replicas = append(replicas, s)
			}
			nginx := startNginx(t, test.change, replicas)
			var asked sync.Map
			var all sync.WaitGroup
			for c := range clients {
				all.Go(func() {
					zipf := rand.NewZipf(rand.New(rand.NewPCG(1, uint64(c))), 1.1, 1, merchants-1)
					for range requests / clients {
						token := fmt.Sprint("merchant-", zipf.Uint64())
						asked.Store(token, true)
						if err := askAs(t.Context(), nginx, token); err != nil {
							t.Error(err)
						}
					}
				})
			}
			all.Wait()
			var n int64
			asked.Range(func(any, any) bool { n++; return true })
			least, most := test.bound(n)
			if got := calls.Load(); got < least || got > most {
				t.Errorf("%d requests of %d merchants made %d calls, want %d to %d", requests, n, got, least, most)
			}
			t.Logf("%s: %.3f upstream calls for each of %d requests of %d merchants", test.name, float64(calls.Load())/requests, requests, n)
		})
	}
}

func askAs(ctx context.Context, client *http.Client, token string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://links.example.com/graphql", strings.NewReader(`{"query":"{ paymentLinks { id } }"}`))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("BP-User-Token", token)
	req.Header.Set("X-Api-Key", "key")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err == nil && !strings.Contains(string(answer), `"id":"a"`) {
		return fmt.Errorf("%s is answered %d %s", token, resp.StatusCode, answer)
	}
	return err
}
