package answer

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"paymentlinks/internal/exchange"
)

// overheadBytes is what an answer costs beside its key and its forms.
const overheadBytes = 512

// Answer is the finished answer to one question. Its body does not change and
// must not be changed. It is safe for concurrent use.
type Answer struct {
	// Body is the answer without a coding.
	Body []byte
	// Document is the hash of the document and Name the name of the operation
	// that it answers, for logs. They are set before the answer is kept.
	Document, Name string

	key   string
	hash  uint64
	media string
	life  Life

	mu    sync.Mutex // held while a form is made, so that it is made once
	forms atomic.Pointer[[]Form]
	bytes atomic.Int64 // of all forms that are kept beside Body
}

// Form is an answer in one content coding.
type Form struct {
	// Coding is the value of Content-Encoding; "" is the body as it is.
	Coding string
	// ETag is a strong entity tag: equal for equal bytes of one media type and
	// coding on every replica, and for nothing else.
	ETag string
	// Body must not be changed.
	Body []byte

	isKept bool // false after the first use, which made nothing to keep
}

// New makes the answer to q out of a body that the store may hold on to. It
// returns nil for an answer that must not be given to anybody else: one that
// depends on no list, or comes from a stale one, or moves by itself.
func (q *Question) New(body []byte, f exchange.Freshness) *Answer {
	if f.Generation == 0 || f.Stale || f.Volatile {
		return nil
	}
	return &Answer{
		Body: body, hash: q.hash, media: q.media,
		life: Life{store: q.store, owner: q.owner, generation: f.Generation, epoch: q.epoch, flips: f.NextExpiry},
	}
}

// Keep keeps an answer that New made.
func (q *Question) Keep(a *Answer) {
	s := q.store
	if int64(len(q.key)+len(a.Body)+overheadBytes) > s.cfg.MaxBytes/largestPart {
		return
	}
	a.key = string(q.key)
	s.answers.Set(q.hash, a)
}

// FreshUntil is when the answer stops being fresh, made of a list that does so
// at an instant.
func (a *Answer) FreshUntil(ofList time.Time) time.Time { return a.life.earliest(ofList) }

// Life says for how long the answer holds.
func (a *Answer) Life() Life { return a.life }

// Form returns the answer in a coding. On the first use the form is made and
// not kept, on the second it is made and kept, and from then on it is at hand.
// The form without a coding is at hand after the first use.
func (a *Answer) Form(coding string) (Form, error) {
	if form, ok := a.form(coding); ok && form.isKept {
		return form, nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	known, ok := a.form(coding)
	if ok && known.isKept {
		return known, nil
	}
	form := Form{Coding: coding, Body: a.Body, isKept: ok || coding == ""}
	if coding != "" {
		var coded bytes.Buffer
		if err := a.life.store.cfg.Compress(&coded, coding, a.Body); err != nil {
			return Form{}, err
		}
		if form.Body = coded.Bytes(); form.isKept {
			form.Body = bytes.Clone(form.Body) // a grown buffer is up to twice as large
		}
	}
	form.ETag = known.ETag
	if !ok {
		form.ETag = entityTag(a.media, coding, a.Body)
	}
	a.remember(form)
	return form, nil
}

func (a *Answer) form(coding string) (Form, bool) {
	forms := a.forms.Load()
	if forms == nil {
		return Form{}, false
	}
	for i := range *forms {
		if (*forms)[i].Coding == coding {
			return (*forms)[i], true
		}
	}
	return Form{}, false
}

// remember puts a form, or the mark that it was used once, beside the others.
// a.mu is held.
func (a *Answer) remember(form Form) {
	var forms []Form
	if old := a.forms.Load(); old != nil {
		forms = slices.DeleteFunc(slices.Clone(*old), func(f Form) bool { return f.Coding == form.Coding })
	}
	if !form.isKept {
		form.Body = nil
	}
	forms = append(forms, form)
	a.forms.Store(&forms)
	if form.isKept && form.Coding != "" {
		a.bytes.Add(int64(len(form.Body)))
		// The store weighs an entry when it is set.
		s := a.life.store
		if kept, ok := s.answers.GetEntryQuietly(a.hash); ok && kept.Value == a {
			s.answers.Set(a.hash, a)
		}
	}
}

func (a *Answer) weight() uint32 {
	return uint32(min(int64(len(a.key)+len(a.Body)+overheadBytes)+a.bytes.Load(), math.MaxUint32))
}

// entityTag is made of what the answer says, not of its coded bytes: those may
// differ between two versions of a compressor.
func entityTag(media, coding string, body []byte) string {
	digest := sha256.New()
	_, _ = digest.Write([]byte(media + "\x00")) // a hash never fails
	_, _ = digest.Write(body)
	var tag strings.Builder
	tag.WriteByte('"')
	tag.WriteString(base64.RawURLEncoding.EncodeToString(digest.Sum(nil)[:15]))
	if coding != "" {
		tag.WriteByte('-')
		tag.WriteString(coding)
	}
	tag.WriteByte('"')
	return tag.String()
}
