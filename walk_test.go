package main

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"paymentlinks/internal/sandbox"
)

// TestKeptAnswersAreAsFresh walks through fake time with the program twice: with
// answers kept and the front on, and with both off. Links expire, lists change,
// are refused and fail, tokens end and the credentials file is written anew.
// Both programs are asked the same at each step, and whatever is kept equals
// what is fresh, byte for byte. Both ask upstream equally often.
func TestKeptAnswersAreAsFresh(t *testing.T) {
	const walks, steps = 24, 150
	var sources [2]map[string]int
	for seed := range uint64(walks) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, rand.New(rand.NewPCG(1, seed))) //nolint:gosec // a test's dice
			fast := newWalker(t, w, "PAYMENTLINKS_FRONT=on")
			plain := newWalker(t, w, "PAYMENTLINKS_FRONT=off", "PAYMENTLINKS_ANSWER_BYTES=0")
			for n := range steps {
				step := w.next()
				q := w.question()
				for use := range 1 + w.dice.IntN(3) {
					got, want := askBoth(fast, plain, q)
					synctest.Wait() // for refreshes behind
					if problem := w.differ(got, want); problem != "" {
						t.Fatalf("walk %d, step %d, after %q, use %d: %s\n%s\nkept:\n%s\nfresh:\n%s", seed, n, step, use+1, problem, q.text, got, want)
					}
				}
				if got, want := fast.upstream.count(), plain.upstream.count(); got != want {
					t.Fatalf("walk %d, step %d, after %q: %d calls of upstream, want %d", seed, n, step, got, want)
				}
			}
			for i, h := range []*walker{fast, plain} {
				if sources[i] == nil {
					sources[i] = map[string]int{}
				}
				for source, n := range h.sources {
					sources[i][source] += n
				}
			}
		})
		if t.Failed() {
			return
		}
	}
	if sources[0]["front"] < 500 || sources[0]["kept"] < 500 || sources[1]["front"]+sources[1]["kept"] > 0 {
		t.Errorf("answers came from %v and %v: too little was kept, or too much", sources[0], sources[1])
	}
}

// The credentials of the walk, and merchants whom tokens name.
const walkIssuer, walkAudience = "https://issuer.example", "paymentlinks"

var (
	walkPairs     = []string{"anna", "bert"} //nolint:gochecknoglobals // never written
	walkMerchants = []string{"acme", "blum"} //nolint:gochecknoglobals // never written
)

// world is what both programs meet: upstream, the issuer and the file.
type world struct {
	t      *testing.T
	dice   *rand.Rand
	issuer signer
	file   string

	mu     sync.Mutex
	lists  map[string]func() *http.Response // by user token
	tokens []string                         // some of them have ended
	first  time.Time                        // when a link expires first, of the last list
	tags   map[string]string                // what an ETag stood for
	number int
	last   question
}

func newWorld(t *testing.T, dice *rand.Rand) *world {
	t.Helper()
	w := &world{
		t: t, dice: dice, issuer: newSigner(t), file: t.TempDir() + "/merchants.yaml",
		lists: map[string]func() *http.Response{}, tags: map[string]string{},
	}
	for _, pair := range walkPairs {
		w.newList(pair)
	}
	w.writeFile(walkPairs[0], walkPairs[1])
	w.newToken()
	return w
}

func (w *world) set(pair string, status int, body []byte, header ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lists[pair] = func() *http.Response {
		h := http.Header{}
		for i := 0; i < len(header); i += 2 {
			h.Set(header[i], header[i+1])
		}
		return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body))}
	}
}

// newList gives a merchant a list, one of whose links expires soon.
func (w *world) newList(pair string) {
	w.number++
	w.first = time.Now().Truncate(time.Second).Add(time.Duration(1+w.dice.IntN(40)) * time.Second)
	// The third link of a generated list expires a minute before its start.
	w.set(pair, http.StatusOK, sandbox.GenerateList(fmt.Sprintf("%s%d", pair, w.number), 3+w.dice.IntN(6), w.first.Add(time.Minute)))
}

func (w *world) writeFile(pairs ...string) {
	var b strings.Builder
	for i, pair := range pairs {
		fmt.Fprintf(&b, "%s:\n  userToken: %s\n  apiKey: key\n", walkMerchants[i], pair)
	}
	if err := os.WriteFile(w.file, []byte(b.String()), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) newToken() {
	lasts := time.Duration(1+w.dice.IntN(60)) * time.Second
	w.tokens = append(w.tokens, w.issuer.token(w.t, walkMerchants[w.dice.IntN(len(walkMerchants))], time.Now().Add(lasts)))
}

// next changes something, or lets time pass, and says what.
func (w *world) next() string {
	pair := walkPairs[w.dice.IntN(len(walkPairs))]
	change := w.dice.IntN(40)
	switch {
	case change < 20:
		return "nothing"
	case change < 30:
		d := []time.Duration{time.Nanosecond, 999 * time.Millisecond, time.Second, 2 * time.Second, 15 * time.Second, 16 * time.Second, 31 * time.Second, 6 * time.Minute}[w.dice.IntN(8)]
		if left := time.Until(w.first); left > 0 && w.dice.IntN(2) == 0 {
			d = left + time.Duration(w.dice.IntN(3)-1)*time.Nanosecond
		}
		<-time.After(d)
		return "wait " + d.String()
	case change < 33:
		w.newList(pair)
		return "list of " + pair
	case change < 37:
		status := []int{401, 403, 429, 500, 503, 200}[w.dice.IntN(6)]
		w.set(pair, status, []byte(`{"no":"list"}`), "Retry-After", "2")
		return fmt.Sprint(status, " for ", pair)
	case change == 37:
		w.writeFile([][]string{{"anna", "bert"}, {"bert", "anna"}, {"anna"}, {"bert", "bert"}}[w.dice.IntN(4)]...)
		return "file"
	}
	w.newToken()
	return "token"
}

// RoundTrip answers as upstream.
func (w *world) RoundTrip(req *http.Request) (*http.Response, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.lists[req.Header.Get("Bp-User-Token")](), nil
}

var walkDocuments = []string{ //nolint:gochecknoglobals // never written
	`{ paymentLinks { id title } }`,
	`{ paymentLinks { id isExpired state } }`,
	`{ paymentLinks { id expiresIn } }`,
	`{ paymentLinks { code expiresIn(unit: MINUTES) } }`,
	`{ paymentLinksSummary { count byState { state count } nextToExpire { id expiresAt } } }`,
	`{ paymentLinksSummary { count snapshot { version isStale } } }`,
	`{ paymentLinksSummary { snapshot { fetchedAt } } }`,
	`{ paymentLinksConnection(first: 2, filter: { expiresWithin: \"PT30S\" }) { nodes { id } totalCount } }`,
	`{ paymentLinksConnection(first: 2, filter: { state: OPEN }) { edges { cursor node { id url } } pageInfo { hasNextPage } } }`,
	`query A { paymentLinks { id } } query B { paymentLinks(currency: MXN) { id } }`,
	`{ __typename }`,
	`{ nope }`,
	`{ _entities(representations: [{ __typename: \"PaymentLink\", id: \"x\" }]) { __typename } }`,
}

// question is one request as it is sent.
type question struct{ method, text, ifNoneMatch string }

// question is new, or the one before: that is how answers come to be kept.
func (w *world) question() question {
	if w.last.text != "" && w.dice.IntN(2) == 0 {
		return w.last
	}
	w.number++
	q := question{method: []string{"POST", "POST", "POST", "GET", "HEAD"}[w.dice.IntN(5)]}
	document := walkDocuments[w.dice.IntN(len(walkDocuments))]
	operation := ""
	if strings.HasPrefix(document, "query A") {
		operation = []string{"A", "B", "C"}[w.dice.IntN(3)]
	}
	body := `{"query":"` + document + `","operationName":"` + operation + `"}`
	target := "/graphql"
	if q.method != "POST" {
		body, target = "", "/graphql?operationName="+operation+"&query="+escaped(strings.ReplaceAll(document, `\"`, `"`))
	}
	lines := []string{fmt.Sprintf("X-Request-Id: id-%d", w.number), "Content-Type: application/json"}
	switch w.dice.IntN(4) {
	case 0, 1:
		lines = append(lines, "BP-User-Token: "+walkPairs[w.dice.IntN(len(walkPairs))], "X-Api-Key: key")
	case 2:
		lines = append(lines, "Authorization: Bearer "+w.tokens[max(len(w.tokens)-1-w.dice.IntN(3), 0)])
	case 3:
		lines = append(lines, "BP-User-Token: "+walkPairs[0], "X-Api-Key: key", "Accept-Encoding: gzip")
	}
	switch w.dice.IntN(20) {
	case 0:
		lines = append(lines, "Cache-Control: no-cache")
	case 1:
		lines = append(lines, "Accept: application/graphql-response+json")
	case 2, 3, 4:
		if q.method != "POST" && len(w.tags) > 0 {
			tags := slices.Sorted(func(yield func(string) bool) {
				for tag := range w.tags {
					if !yield(tag) {
						return
					}
				}
			})
			q.ifNoneMatch = tags[w.dice.IntN(len(tags))]
			lines = append(lines, "If-None-Match: "+q.ifNoneMatch)
		}
	}
	if body != "" {
		lines = append(lines, fmt.Sprintf("Content-Length: %d", len(body)))
	}
	q.text = q.method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n" + strings.Join(lines, "\r\n") + "\r\n\r\n" + body
	w.last = q
	return q
}

func escaped(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

// walked is an answer.
type walked struct {
	status int
	header http.Header
	body   string
}

func (a walked) String() string { return fmt.Sprintln(a.status, a.header) + a.body }

// differ says what differs between a kept answer and a fresh one. Only kept ones
// have an ETag, and may be a mere "not modified".
func (w *world) differ(got, want walked) string {
	tag := got.header.Get("Etag")
	got.header.Del("Etag")
	if tag == "" || want.status != http.StatusOK {
		return differing(got, want)
	}
	known, isKnown := w.tags[tag]
	if got.status == http.StatusNotModified {
		for _, name := range []string{"Content-Type", "Content-Length", "Content-Encoding"} {
			want.header.Del(name)
		}
		if want.body != "" && known != want.body {
			return "the tag stands for something else"
		}
		want.status, want.body = got.status, ""
		return differing(got, want)
	}
	if isKnown && got.body != "" && known != got.body {
		return "the tag stood for something else"
	}
	if got.body != "" {
		w.tags[tag] = got.body
	}
	return differing(got, want)
}

func differing(got, want walked) string {
	if got.status != want.status || got.body != want.body || fmt.Sprint(got.header) != fmt.Sprint(want.header) {
		return "the answers differ"
	}
	return ""
}
