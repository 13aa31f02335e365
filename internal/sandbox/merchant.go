package sandbox

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed seed.json
var seedList []byte

// merchant is one user token's side of the sandbox; immutable.
type merchant struct {
	apiKey string
	// status is what the right key is answered; list is nil unless it is 200.
	status int
	list   *list
}

// list is one body, made and compressed when it is first asked for.
type list struct {
	body, gzipped func() []byte
}

func newList(body func() []byte) *list {
	body = sync.OnceValue(body)
	return &list{body: body, gzipped: sync.OnceValue(func() []byte {
		var out bytes.Buffer
		w, _ := gzip.NewWriterLevel(&out, gzip.BestSpeed) // fails for unknown levels alone
		_, _ = w.Write(body())                            // a bytes.Buffer never fails
		_ = w.Close()
		return out.Bytes()
	})}
}

func listMerchant(apiKey string, body func() []byte) merchant {
	return merchant{apiKey: apiKey, status: http.StatusOK, list: newList(body)}
}

func demoMerchants(start time.Time) map[string]merchant {
	return map[string]merchant{
		SeedToken:      listMerchant(APIKey, func() []byte { return seedList }),
		ShopToken:      listMerchant(APIKey, func() []byte { return shopList(start) }),
		LargeToken:     listMerchant(APIKey, func() []byte { return GenerateList("large", largeLinks, start) }),
		EmptyToken:     {apiKey: APIKey, status: http.StatusNoContent},
		ForbiddenToken: {apiKey: APIKey, status: http.StatusForbidden},
	}
}

// AddMerchant makes or replaces a merchant. The sandbox keeps body and answers
// it as it is, whether or not it is JSON; an empty body is answered 204.
func (s *Server) AddMerchant(userToken, apiKey string, body []byte) {
	m := merchant{apiKey: apiKey, status: http.StatusNoContent}
	if len(body) > 0 {
		m = listMerchant(apiKey, func() []byte { return body })
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.merchants[userToken] = m
}

// SetBody replaces a merchant's list, as AddMerchant does. A token that is not
// known becomes a merchant under APIKey.
func (s *Server) SetBody(userToken string, body []byte) {
	s.mu.Lock()
	apiKey := APIKey
	if m, ok := s.merchants[userToken]; ok {
		apiKey = m.apiKey
	}
	s.mu.Unlock()
	s.AddMerchant(userToken, apiKey, body)
}

// RestoreBody gives a demo merchant the list of New again, and removes any
// other merchant.
func (s *Server) RestoreBody(userToken string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m, ok := s.initial[userToken]; ok {
		s.merchants[userToken] = m
		return
	}
	delete(s.merchants, userToken)
}

// answer is what a call gets when nothing fails: a status, and a body with 200.
type answer struct {
	status int
	list   *list
}

func answerFor(m merchant, authenticated bool) answer {
	if !authenticated {
		return answer{status: http.StatusUnauthorized}
	}
	return answer{status: m.status, list: m.list}
}

func (a answer) write(w http.ResponseWriter, r *http.Request) {
	switch {
	case a.list != nil:
		body := a.header(w, r)
		_, _ = w.Write(body) // the caller may have left
	case a.status == http.StatusNoContent:
		w.WriteHeader(a.status)
	default:
		writeMessage(w, a.status)
	}
}

// header writes status and headers of a list, and returns the bytes to follow.
func (a answer) header(w http.ResponseWriter, r *http.Request) []byte {
	body := a.list.body
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Vary", "Accept-Encoding")
	if acceptsGzip(r.Header) {
		w.Header().Set("Content-Encoding", "gzip")
		body = a.list.gzipped
	}
	content := body()
	w.Header().Set("Content-Length", strconv.Itoa(len(content)))
	w.WriteHeader(a.status)
	return content
}

// acceptsGzip reads Accept-Encoding (RFC 9110, section 12.5.3); a weight other
// than zero counts as consent.
func acceptsGzip(h http.Header) bool {
	for offer := range strings.SplitSeq(strings.Join(h.Values("Accept-Encoding"), ","), ",") {
		coding, weight, weighted := strings.Cut(strings.TrimSpace(offer), ";")
		if !strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			continue
		}
		if !weighted {
			return true
		}
		q, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(weight), "q="), 64)
		return err == nil && q > 0
	}
	return false
}
