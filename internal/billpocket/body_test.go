package billpocket_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"paymentlinks/internal/billpocket"
	"paymentlinks/internal/fault"
)

// padded returns a list of one link that is size bytes long.
func padded(size int) string {
	const link = `[{"id":"i","custom_link_path":"https://h/a"}]`
	return link + strings.Repeat(" ", size-len(link))
}

func compressed(t testing.TB, body string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := io.WriteString(w, body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestBodies(t *testing.T) {
	const limit = 4096
	whole := compressed(t, padded(100))
	tests := map[string]struct {
		transport roundTripper
		want      fault.Kind // "" is a list of one link
	}{
		"plain":                      {answering(200, padded(100)), ""},
		"at the limit":               {answering(200, padded(limit)), ""},
		"over the limit":             {answering(200, padded(limit+1)), fault.UpstreamMalformed},
		"identity":                   {answering(200, padded(100), "Content-Encoding", "identity"), ""},
		"gzip":                       {answering(200, whole, "Content-Encoding", "gzip"), ""},
		"gzip, other spelling":       {answering(200, whole, "Content-Encoding", "X-GZIP"), ""},
		"gzip in two members":        {answering(200, compressed(t, padded(100)[:40])+compressed(t, padded(100)[40:]), "Content-Encoding", "gzip"), ""},
		"gzip at the limit":          {answering(200, compressed(t, padded(limit)), "Content-Encoding", "gzip"), ""},
		"gzip over the limit":        {answering(200, compressed(t, padded(limit+1)), "Content-Encoding", "gzip"), fault.UpstreamMalformed},
		"gzip cut off":               {answering(200, whole[:len(whole)-9], "Content-Encoding", "gzip"), fault.UpstreamMalformed},
		"gzip, wrong check sum":      {answering(200, whole[:len(whole)-8]+"12345678", "Content-Encoding", "gzip"), fault.UpstreamMalformed},
		"gzip, garbage behind":       {answering(200, whole+"garbage", "Content-Encoding", "gzip"), fault.UpstreamMalformed},
		"no gzip at all":             {answering(200, padded(100), "Content-Encoding", "gzip"), fault.UpstreamMalformed},
		"coding not asked for":       {answering(200, padded(100), "Content-Encoding", "br"), fault.UpstreamMalformed},
		"gzip twice":                 {answering(200, compressed(t, whole), "Content-Encoding", "gzip, gzip"), fault.UpstreamMalformed},
		"announced length too large": {announcing(limit+1, padded(100)), fault.UpstreamMalformed},
		"announced length wrong":     {announcing(7, padded(100)), ""},
		"reset in the middle":        {breaking(errors.New("connection reset")), fault.UpstreamUnavailable},
		"cut in the middle":          {breaking(io.ErrUnexpectedEOF), fault.UpstreamMalformed},
		"reset in the middle, gzip":  {breaking(errors.New("connection reset"), "Content-Encoding", "gzip"), fault.UpstreamUnavailable},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			client := newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: "https://api.example", MaxBodyBytes: limit}, Transport: test.transport})
			for range 2 { // the second time out of the pools
				got, err := client.List(t.Context(), credentials(t, "t"), nil)
				if kind := fault.KindOf(err); kind != test.want {
					t.Fatalf("kind %q (%v), want %q", kind, err, test.want)
				}
				if err == nil && got.Set.Len() != 1 {
					t.Errorf("%d links, want 1", got.Set.Len())
				}
			}
		})
	}
}

// announcing gives a Content-Length of its own.
func announcing(length int64, body string) roundTripper {
	return func(req *http.Request) (*http.Response, error) {
		resp, err := answering(200, body)(req)
		resp.ContentLength = length
		return resp, err
	}
}

// breaking gives half a body and an error.
func breaking(err error, header ...string) roundTripper {
	return func(req *http.Request) (*http.Response, error) {
		body := padded(100)
		if len(header) > 0 {
			var out bytes.Buffer
			w := gzip.NewWriter(&out)
			_, _ = io.WriteString(w, body)
			_ = w.Flush()
			body = out.String()
		}
		resp, _ := answering(200, "", header...)(req)
		resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(body[:len(body)-10]), readerFunc(func([]byte) (int, error) { return 0, err })))
		return resp, nil
	}
}

// TestGzipBomb inflates without end; the client must stop at its limit, which
// shows in how little of the compressed stream it takes.
func TestGzipBomb(t *testing.T) {
	bomb := compressed(t, "[") + strings.Repeat(compressed(t, strings.Repeat(" ", 1<<20)), 64)
	taken := 0
	client := newClient(t, billpocket.Config{
		Settings: billpocket.Settings{BaseURL: "https://api.example", MaxBodyBytes: 1 << 20},
		Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
			resp, err := answering(200, "", "Content-Encoding", "gzip")(req)
			source := strings.NewReader(bomb)
			resp.Body = io.NopCloser(readerFunc(func(p []byte) (int, error) {
				n, err := source.Read(p)
				taken += n
				return n, err
			}))
			return resp, err
		}),
	})
	if _, err := client.List(t.Context(), credentials(t, "t"), nil); fault.KindOf(err) != fault.UpstreamMalformed {
		t.Errorf("error %v, want UPSTREAM_MALFORMED_RESPONSE", err)
	}
	if taken > len(bomb)/4 {
		t.Errorf("%d of %d compressed bytes were read", taken, len(bomb))
	}
}

// TestTransportDoesNotInflate: inflation by net/http would hide a body's
// coding from the client's own limit.
func TestTransportDoesNotInflate(t *testing.T) {
	upstream, url := newUpstream(t)
	upstream.SetBody("t", []byte(padded(1<<16)))
	for limit, want := range map[int64]fault.Kind{1 << 16: "", 1<<16 - 1: fault.UpstreamMalformed} {
		client := newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: url, MaxBodyBytes: limit}})
		if _, err := client.List(t.Context(), credentials(t, "t"), nil); fault.KindOf(err) != want {
			t.Errorf("limit %d: %v, want %q", limit, err, want)
		}
	}
}

// TestTooLargeStays: a list beyond a bound will be as large the next time.
func TestTooLargeStays(t *testing.T) {
	links := func(n int) string {
		return "[" + strings.TrimSuffix(strings.Repeat(`{"id":"i","custom_link_path":"https://h/a"},`, n), ",") + "]"
	}
	tests := map[string]struct {
		transport roundTripper
		want      string // in the public sentence; "" is a list
		permanent bool
	}{
		"bytes":            {answering(200, padded(4097)), "too large", true},
		"bytes, announced": {announcing(4097, padded(100)), "too large", true},
		"bytes, inflated":  {answering(200, compressed(t, padded(4097)), "Content-Encoding", "gzip"), "too large", true},
		"links":            {answering(200, links(11)), "too large", true},
		"links, unreadable": {
			answering(200, "[1,2,3,4,5,6,7,8,9,10,"+links(1)[1:]), "too large", true,
		},
		"as many links as may be": {answering(200, links(10)), "", false},
		"cut off":                 {answering(200, `[{"id":`), "cannot be read", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			client := newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: "https://api.example", MaxBodyBytes: 4096, MaxLinks: 10}, Transport: test.transport})
			got, err := client.List(t.Context(), credentials(t, "t"), nil)
			if test.want == "" {
				if err != nil || got.Set.Len() != 1 {
					t.Errorf("List = %v, %v, want the one link", got, err)
				}
				return
			}
			failed, ok := errors.AsType[*fault.Error](err)
			if !ok || failed.Kind != fault.UpstreamMalformed || !strings.Contains(failed.Public, test.want) || failed.Permanent != test.permanent {
				t.Errorf("error %+v, want UPSTREAM_MALFORMED_RESPONSE with %q, permanent %v", err, test.want, test.permanent)
			}
		})
	}
}

// TestAnnouncedLengthGetsNoMemory: answers that announce much and send little
// must hold little.
func TestAnnouncedLengthGetsNoMemory(t *testing.T) {
	const announced = 64 << 20
	for name, sent := range map[string]string{"nothing": "", "a little": padded(1000)} {
		var before, during runtime.MemStats
		client := newClient(t, billpocket.Config{
			Settings: billpocket.Settings{BaseURL: "https://api.example", MaxBodyBytes: announced},
			Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
				resp, err := answering(200, "")(req)
				resp.ContentLength = announced
				runtime.ReadMemStats(&before)
				resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(sent), readerFunc(func([]byte) (int, error) {
					runtime.ReadMemStats(&during)
					return 0, io.ErrUnexpectedEOF
				})))
				return resp, err
			}),
		})
		if _, err := client.List(t.Context(), credentials(t, "t"), nil); fault.KindOf(err) != fault.UpstreamMalformed {
			t.Errorf("%s sent: error %v, want UPSTREAM_MALFORMED_RESPONSE", name, err)
		}
		if taken := during.TotalAlloc - before.TotalAlloc; taken > 1<<20 {
			t.Errorf("%s sent of %d bytes announced: %d bytes were taken", name, announced, taken)
		}
	}
}

// TestLargeBodiesAreNotPooled: a call whose answer stalls would hold the
// memory of an earlier one.
func TestLargeBodiesAreNotPooled(t *testing.T) {
	const size = 10 << 20
	client := newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: "https://api.example"}, Transport: announcing(size, padded(size))})
	if _, err := client.List(t.Context(), credentials(t, "t"), nil); err != nil {
		t.Fatal(err)
	}
	if got := billpocket.PooledBytes(); got > 4<<20 {
		t.Errorf("the pool holds a buffer of %d bytes", got)
	}
}

// TestSnapshotWeighsWhatItKeeps: what is not part of an element is kept with it.
func TestSnapshotWeighsWhatItKeeps(t *testing.T) {
	link := func(i int) string {
		return fmt.Sprintf(`{"id":"i%d","custom_link_path":"https://h/a","other":%q}`, i, strings.Repeat("x", 900))
	}
	spaced, repeated, skipped := []string{}, []string{}, []string{}
	for i := range 1000 {
		spaced = append(spaced, link(i)+strings.Repeat(" ", 800))
		repeated = append(repeated, link(0))
		skipped = append(skipped, link(i), `{"other":"`+strings.Repeat("x", 800)+`"}`)
	}
	for name, elements := range map[string][]string{"white space": spaced, "one id": repeated, "unreadable elements": skipped} {
		body := "[" + strings.Join(elements, ",") + "]"
		client := newClient(t, billpocket.Config{Settings: billpocket.Settings{BaseURL: "https://api.example"}, Transport: answering(200, body)})
		before := heapBytes()
		got, err := client.List(t.Context(), credentials(t, "t"), nil)
		if err != nil {
			t.Fatal(err)
		}
		if used, counted := heapBytes()-before, got.Set.SizeBytes(); counted < used {
			t.Errorf("%s: a list that keeps %d bytes counts %d", name, used, counted)
		}
		runtime.KeepAlive(got)
	}
}

// heapBytes is what the collector finds once the pools are empty, which takes
// two rounds.
func heapBytes() int64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}
