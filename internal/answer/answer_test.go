package answer_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"paymentlinks/internal/answer"
	"paymentlinks/internal/exchange"
	"paymentlinks/internal/tenant"
)

// lists says which list each tenant has.
type lists struct {
	mu  sync.Mutex
	now time.Time
	of  map[tenant.Key]list
}

type list struct {
	generation uint64
	freshUntil time.Time
}

func (l *lists) Current(key tenant.Key) (uint64, time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.of[key].generation, l.of[key].freshUntil
}

func (l *lists) set(key tenant.Key, generation uint64, freshFor time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.of[key] = list{generation, l.now.Add(freshFor)}
}

func (l *lists) pass(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now = l.now.Add(d)
}

func (l *lists) clock() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now
}

var (
	noon  = time.Date(2026, 2, 3, 12, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // never written
	alice = tenant.Key{1}                                //nolint:gochecknoglobals // never written
	bob   = tenant.Key{2}                                //nolint:gochecknoglobals // never written
)

// newStore returns a store over lists: alice's is of generation 1, bob's of 2,
// both fresh for a minute.
func newStore(t testing.TB, change ...func(*answer.Config)) (*answer.Store, *lists) {
	t.Helper()
	l := &lists{now: noon, of: map[tenant.Key]list{alice: {1, noon.Add(time.Minute)}, bob: {2, noon.Add(time.Minute)}}}
	cfg := answer.Config{Lists: l, Now: l.clock, Compress: func(w io.Writer, coding string, body []byte) error {
		_, err := fmt.Fprintf(w, "%s(%s)", coding, body)
		return err
	}}
	for _, c := range change {
		c(&cfg)
	}
	s, err := answer.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s, l
}

func question(owner tenant.Key, document string) *answer.Asked {
	return &answer.Asked{Tenant: owner, Media: "application/json", Document: document}
}

func ask(t testing.TB, s *answer.Store, a *answer.Asked) *answer.Question {
	t.Helper()
	q, ok := s.Ask(a)
	if !ok {
		t.Fatalf("%v has no key", a)
	}
	return q
}

// find returns the body of the answer that is found, "" for none.
func find(t testing.TB, s *answer.Store, a *answer.Asked) string {
	t.Helper()
	q := ask(t, s, a)
	defer q.Release()
	found, _ := q.Find()
	if found == nil {
		return ""
	}
	return string(found.Body)
}

// keep answers a question twice, so that the answer is kept.
func keep(t testing.TB, s *answer.Store, a *answer.Asked, body string, f exchange.Freshness) {
	t.Helper()
	for range 2 {
		q := ask(t, s, a)
		if made := q.New([]byte(body), f); made != nil && q.IsMetAgain() {
			q.Keep(made)
		}
		q.Release()
	}
}

func of(generation uint64) exchange.Freshness { return exchange.Freshness{Generation: generation} }

func TestAQuestionIsMetAgain(t *testing.T) {
	s, _ := newStore(t)
	for _, owner := range []tenant.Key{alice, bob} {
		for use, want := range []bool{false, true, true} {
			q := ask(t, s, question(owner, "{ a }"))
			if got := q.IsMetAgain(); got != want {
				t.Errorf("use %d of %x: %v, want %v", use+1, owner[0], got, want)
			}
			q.Release()
		}
	}
}

// Questions that differ in any part have answers of their own.
func TestQuestionsAreToldApart(t *testing.T) {
	number := func(n string) map[string]any { return map[string]any{"a": json.Number(n)} }
	questions := []answer.Asked{
		{},
		{Tenant: bob},
		{Tenant: alice},
		{Tenant: alice, Limited: true},
		{Tenant: alice, Media: "m"},
		{Tenant: alice, Operation: "m"},
		{Tenant: alice, Document: "m"},
		{Tenant: alice, Document: "mn"},
		{Tenant: alice, Media: "m", Operation: "n"},
		{Tenant: alice, Media: "n", Operation: "m"},
		{Tenant: alice, Variables: number("1")},
		{Tenant: alice, Variables: number("1.0")},
		{Tenant: alice, Variables: number("2")},
		{Tenant: alice, Variables: map[string]any{"a": "1"}},
		{Tenant: alice, Variables: map[string]any{"a": nil}},
		{Tenant: alice, Variables: map[string]any{"a": true}},
		{Tenant: alice, Variables: map[string]any{"a": false}},
		{Tenant: alice, Variables: map[string]any{"a": []any{}}},
		{Tenant: alice, Variables: map[string]any{"a": []any{"b", "c"}}},
		{Tenant: alice, Variables: map[string]any{"a": []any{"bc"}}},
		{Tenant: alice, Variables: map[string]any{"a": []any{[]any{"b"}, "c"}}},
		{Tenant: alice, Variables: map[string]any{"a": map[string]any{}}},
		{Tenant: alice, Variables: map[string]any{"a": map[string]any{"b": "c"}}},
		{Tenant: alice, Variables: map[string]any{"a": map[string]any{"b": nil}, "b": "c"}},
	}
	s, l := newStore(t)
	l.set(tenant.Key{}, 3, time.Minute)
	generation := map[tenant.Key]uint64{{}: 3, alice: 1, bob: 2}
	for i := range questions {
		keep(t, s, &questions[i], fmt.Sprint("answer ", i), of(generation[questions[i].Tenant]))
	}
	for i := range questions {
		if got, want := find(t, s, &questions[i]), fmt.Sprint("answer ", i); got != want {
			t.Errorf("%+v finds %q, want %q", questions[i], got, want)
		}
	}
}

func TestTheOrderOfVariablesDoesNotMatter(t *testing.T) {
	s, _ := newStore(t)
	many := func() map[string]any {
		object := map[string]any{}
		for i := range 40 {
			object[fmt.Sprint("name", i)] = map[string]any{"a": json.Number("1"), "b": []any{"x", nil}, fmt.Sprint(i): true}
		}
		return object
	}
	a := question(alice, "{ a }")
	a.Variables = many()
	keep(t, s, a, "body", of(1))
	for range 20 {
		a.Variables = many()
		if got := find(t, s, a); got != "body" {
			t.Fatalf("the same variables find %q", got)
		}
	}
}

func TestVariablesThatAreNoJSONHaveNoKey(t *testing.T) {
	s, _ := newStore(t)
	for _, value := range []any{1, 1.5, struct{}{}, []any{int64(1)}, map[string]any{"a": make(chan int)}} {
		a := question(alice, "{ a }")
		a.Variables = map[string]any{"v": value}
		if _, ok := s.Ask(a); ok {
			t.Errorf("%T has a key", value)
		}
	}
}

// What ends an answer, and what does not.
func TestLife(t *testing.T) {
	flips := exchange.Freshness{Generation: 1, NextExpiry: noon.Add(10 * time.Second)}
	tests := map[string]struct {
		freshness exchange.Freshness
		then      func(*answer.Store, *lists)
		wantFound bool
		wantUntil time.Duration
	}{
		"nothing happens":                   {of(1), func(*answer.Store, *lists) {}, true, time.Minute},
		"the last fresh instant":            {of(1), func(_ *answer.Store, l *lists) { l.pass(time.Minute - 1) }, true, time.Minute},
		"the list is no longer fresh":       {of(1), func(_ *answer.Store, l *lists) { l.pass(time.Minute) }, false, 0},
		"fetched again, and equal":          {of(1), func(_ *answer.Store, l *lists) { l.pass(time.Hour); l.set(alice, 1, time.Minute) }, true, time.Hour + time.Minute},
		"fetched again, and changed":        {of(1), func(_ *answer.Store, l *lists) { l.set(alice, 7, time.Minute) }, false, 0},
		"purged":                            {of(1), func(_ *answer.Store, l *lists) { l.set(alice, 0, time.Minute) }, false, 0},
		"the list of another is purged":     {of(1), func(_ *answer.Store, l *lists) { l.set(bob, 0, 0) }, true, time.Minute},
		"everything is forgotten":           {of(1), func(s *answer.Store, _ *lists) { s.Forget() }, false, 0},
		"a link expires within the time":    {flips, func(*answer.Store, *lists) {}, true, 10 * time.Second},
		"just before a link expires":        {flips, func(_ *answer.Store, l *lists) { l.pass(10*time.Second - 1) }, true, 10 * time.Second},
		"a link has expired":                {flips, func(_ *answer.Store, l *lists) { l.pass(10 * time.Second) }, false, 0},
		"a link has expired, list is newer": {flips, func(_ *answer.Store, l *lists) { l.pass(11 * time.Second); l.set(alice, 1, time.Minute) }, false, 0},
		"it was of another list":            {of(5), func(*answer.Store, *lists) {}, false, 0},
		"it depends on no list":             {of(0), func(*answer.Store, *lists) {}, false, 0},
		"it is stale":                       {exchange.Freshness{Generation: 1, Stale: true}, func(*answer.Store, *lists) {}, false, 0},
		"it moves by itself":                {exchange.Freshness{Generation: 1, Volatile: true}, func(*answer.Store, *lists) {}, false, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s, l := newStore(t)
			a := question(alice, "{ a }")
			keep(t, s, a, "body", test.freshness)
			test.then(s, l)
			q := ask(t, s, a)
			defer q.Release()
			found, until := q.Find()
			if (found != nil) != test.wantFound {
				t.Fatalf("found: %v, want %v", found != nil, test.wantFound)
			}
			if found == nil {
				return
			}
			if want := noon.Add(test.wantUntil); !until.Equal(want) {
				t.Errorf("fresh until %v, want %v", until, want)
			}
			life := found.Life()
			if again, ok := life.Until(l.clock()); !ok || !again.Equal(until) {
				t.Errorf("its life says %v, %v; want %v", again, ok, until)
			}
		})
	}
}

// A caller who was just given a list may take the answer of that list at any age.
func TestFindOf(t *testing.T) {
	s, l := newStore(t)
	a := question(alice, "{ a }")
	keep(t, s, a, "body", exchange.Freshness{Generation: 1, NextExpiry: noon.Add(time.Hour)})
	q := ask(t, s, a)
	defer q.Release()
	l.pass(30 * time.Minute)
	if found, _ := q.Find(); found != nil {
		t.Error("found although the list is not fresh")
	}
	if !q.IsKnown() {
		t.Error("not known although it was answered")
	}
	if found, until := q.FindOf(1, noon.Add(time.Minute)); found == nil || string(found.Body) != "body" || !until.Equal(noon.Add(time.Minute)) {
		t.Errorf("of its own list: %v until %v", found, until)
	}
	if _, until := q.FindOf(1, noon.Add(2*time.Hour)); !until.Equal(noon.Add(time.Hour)) {
		t.Errorf("fresh until %v, want the link's expiry", until)
	}
	for _, generation := range []uint64{0, 2} {
		if found, _ := q.FindOf(generation, noon.Add(time.Minute)); found != nil {
			t.Errorf("found of list %d", generation)
		}
	}
	l.pass(30 * time.Minute)
	if found, _ := q.FindOf(1, noon.Add(time.Minute)); found != nil {
		t.Error("found although a link has expired")
	}
	s.Forget()
	if q.IsKnown() {
		t.Error("known although everything was forgotten")
	}
	if other := ask(t, s, question(bob, "{ a }")); other.IsKnown() {
		t.Error("another tenant's question is known")
	}
}

// What was begun before Forget must not be found after it.
func TestForgetEndsWhatIsBeingMade(t *testing.T) {
	s, _ := newStore(t)
	a := question(alice, "{ a }")
	q := ask(t, s, a)
	defer q.Release()
	s.Forget()
	q.Keep(q.New([]byte("body"), of(1)))
	if got := find(t, s, a); got != "" {
		t.Errorf("%q is found", got)
	}
}

func TestForms(t *testing.T) {
	var made atomic.Int64
	s, _ := newStore(t, func(cfg *answer.Config) {
		compress := cfg.Compress
		cfg.Compress = func(w io.Writer, coding string, body []byte) error {
			made.Add(1)
			return compress(w, coding, body)
		}
	})
	keep(t, s, question(alice, "{ a }"), "body", of(1))
	q := ask(t, s, question(alice, "{ a }"))
	defer q.Release()
	found, _ := q.Find()
	tags := map[string]string{}
	for use, wantMade := range []int64{1, 2, 2, 2} {
		for coding, want := range map[string]string{"": "body", "gzip": "gzip(body)"} {
			form, err := found.Form(coding)
			if err != nil || string(form.Body) != want || form.Coding != coding {
				t.Fatalf("use %d: %q is %q, %v; want %q", use+1, coding, form.Body, err, want)
			}
			if tag, ok := tags[coding]; ok && tag != form.ETag {
				t.Errorf("use %d: the tag of %q changes from %s to %s", use+1, coding, tag, form.ETag)
			}
			tags[coding] = form.ETag
		}
		if made.Load() != wantMade {
			t.Errorf("use %d: compressed %d times, want %d", use+1, made.Load(), wantMade)
		}
	}
	if tags[""] == tags["gzip"] || !strings.HasPrefix(tags[""], `"`) || !strings.HasSuffix(tags[""], `"`) {
		t.Errorf("tags %v: want two strong ones", tags)
	}
}

// Tags are equal on every replica, and differ with content and media type.
func TestTagsTellAnswersApart(t *testing.T) {
	tag := func(media, body string) string {
		s, _ := newStore(t)
		q, _ := s.Ask(&answer.Asked{Tenant: alice, Media: media})
		form, err := q.New([]byte(body), of(1)).Form("")
		if err != nil {
			t.Fatal(err)
		}
		return form.ETag
	}
	if a, b := tag("m", "body"), tag("m", "body"); a != b {
		t.Errorf("two stores tag one answer %s and %s", a, b)
	}
	if a, b := tag("m", "body"), tag("m", "bodies"); a == b {
		t.Errorf("two answers are tagged %s", a)
	}
	if a, b := tag("m", "body"), tag("n", "body"); a == b {
		t.Errorf("two media types are tagged %s", a)
	}
}

func TestAFormThatCannotBeMade(t *testing.T) {
	broken := errors.New("broken")
	s, _ := newStore(t, func(cfg *answer.Config) {
		cfg.Compress = func(io.Writer, string, []byte) error { return broken }
	})
	q := ask(t, s, question(alice, "{ a }"))
	if _, err := q.New([]byte("body"), of(1)).Form("gzip"); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
}

// Memory is bounded, forms included, whatever is asked.
func TestBound(t *testing.T) {
	const bound = 1 << 20
	s, _ := newStore(t, func(cfg *answer.Config) { cfg.MaxBytes = bound })
	body := bytes.Repeat([]byte("x"), 20_000)
	for i := range 200 {
		a := question(alice, fmt.Sprint("{ a", i, " }"))
		keep(t, s, a, string(body), of(1))
		q := ask(t, s, a)
		if found, _ := q.Find(); found != nil {
			for range 2 {
				if _, err := found.Form("gzip"); err != nil {
					t.Fatal(err)
				}
			}
		}
		q.Release()
	}
	if got := s.Bytes(); got > bound || got < bound/2 {
		t.Errorf("%d bytes are kept, want at most %d and not much less", got, bound)
	}
	large := question(alice, "{ large }")
	keep(t, s, large, string(bytes.Repeat(body, 7)), of(1))
	if got := find(t, s, large); got != "" {
		t.Error("an answer larger than an eighth of the bound is kept")
	}
}

// A flood of questions that come once pushes out nothing.
func TestAFloodPushesOutNothing(t *testing.T) {
	s, _ := newStore(t, func(cfg *answer.Config) { cfg.MaxBytes = 1 << 20 })
	useful := question(alice, "{ useful }")
	keep(t, s, useful, "body", of(1))
	kept := s.Bytes()
	for i := range 20_000 {
		q := ask(t, s, question(bob, fmt.Sprint("{ a", i, " }")))
		if q.IsMetAgain() {
			q.Keep(q.New([]byte("flood"), of(2)))
		}
		q.Release()
	}
	if got := find(t, s, useful); got != "body" {
		t.Error("the useful answer is gone")
	}
	if got := s.Bytes(); got != kept {
		t.Errorf("the flood left %d bytes", got-kept)
	}
}

func TestNewChecksItsConfig(t *testing.T) {
	for name, cfg := range map[string]answer.Config{
		"no lists": {}, "a negative bound": {Lists: &lists{}, MaxBytes: -1},
	} {
		if _, err := answer.New(cfg); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func hit(t testing.TB, s *answer.Store, a *answer.Asked) answer.Form {
	q, _ := s.Ask(a)
	defer q.Release()
	found, _ := q.Find()
	if found == nil {
		t.Fatal("not found")
	}
	form, _ := found.Form("")
	return form
}

func BenchmarkHit(b *testing.B) {
	s, _ := newStore(b)
	a := question(alice, "query A($a: Int, $b: String) { paymentLinks(status: ACTIVE) { id title amount { value } } }")
	a.Variables = map[string]any{"a": json.Number("1"), "b": "text"}
	keep(b, s, a, "body", of(1))
	b.ReportAllocs()
	for b.Loop() {
		hit(b, s, a)
	}
}
