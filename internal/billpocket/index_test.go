package billpocket_test

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/internal/billpocket"
	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/sandbox"
)

// TestDecodeLetsGoOfWaste pads a list with white space and unreadable elements:
// what is kept is only what the Set is weighed by.
func TestDecodeLetsGoOfWaste(t *testing.T) {
	const link = `{"id":"i%d","custom_link_path":"https://h/a/b","description":"d"}`
	tests := map[string]string{
		"white space":         strings.Repeat(" ", 1<<16),
		"unreadable elements": `"` + strings.Repeat("x", 1<<16) + `",`,
	}
	for name, waste := range tests {
		t.Run(name, func(t *testing.T) {
			body := []byte("[" + fmt.Sprintf(link, 1) + "," + waste + fmt.Sprintf(link, 2) + "]")
			records, _, err := billpocket.Decode(body, time.UTC)
			if err != nil || len(records) != 2 {
				t.Fatalf("%d records, error %v", len(records), err)
			}
			clear(body) // nothing may depend on it any more
			for i, r := range records {
				want := paymentlink.Record{
					ID: fmt.Sprintf("i%d", i+1), URL: "https://h/a/b", Description: "d", Upstream: fmt.Appendf(nil, link, i+1),
				}
				if diff := cmp.Diff(want, r, asRecords()); diff != "" {
					t.Errorf("record %d (-want +got):\n%s", i, diff)
				}
			}
		})
	}
}

// TestDecodeAllocations: the number of objects does not follow that of links,
// be their texts written with escapes or not.
func TestDecodeAllocations(t *testing.T) {
	plain := sandbox.GenerateList("alloc", 1000, time.Unix(1_700_000_000, 0))
	for name, body := range map[string][]byte{
		"plain":   plain,
		"escaped": bytes.ReplaceAll(plain, []byte("/"), []byte(`\/`)), // as PHP writes it
	} {
		got := testing.AllocsPerRun(10, func() {
			if set, err := billpocket.DecodeSet(body, time.UTC); err != nil || set.Len() != 1000 {
				t.Fatal(set.Len(), err)
			}
		})
		if got > 80 { // about 50, and a few more under the race detector
			t.Errorf("%s: %v allocations for 1,000 links, want 80 at most", name, got)
		}
	}
}

// TestSetIsAnIndex: beside the body a list takes at most 160 bytes a link, in a
// number of objects that does not follow its length.
func TestSetIsAnIndex(t *testing.T) {
	for _, links := range []int{1000, 8192, 10_000} {
		body := sandbox.GenerateList("index", links, time.Unix(1_700_000_000, 0))
		bodyBytes := uint64(cap(body))
		heap := func() (stats runtime.MemStats) {
			runtime.GC()
			runtime.GC()
			runtime.ReadMemStats(&stats)
			return stats
		}
		before := heap()
		set, err := billpocket.DecodeSet(body, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		after := heap()
		perLink := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / int64(links)
		objects := int64(after.HeapObjects) - int64(before.HeapObjects)
		t.Logf("%d links: %d bytes a link beside %d of body, %d objects, counted as %d bytes", links, perLink, bodyBytes/uint64(links), objects, set.SizeBytes())
		if perLink > 160 {
			t.Errorf("%d links take %d bytes each beside the body, want 160 at most", links, perLink)
		}
		if objects > 60 {
			t.Errorf("%d links are %d objects, want a handful", links, objects)
		}
		runtime.KeepAlive(set)
		runtime.KeepAlive(body)
	}
}

// TestSetOfABody: what a Set tells of a link is what its record holds, wherever
// the texts lie, in the body or beside it.
func TestSetOfABody(t *testing.T) {
	shop := sandbox.New(sandbox.Config{})
	t.Cleanup(shop.Close)
	generated := sandbox.GenerateList("g", 300, time.Unix(1_700_000_000, 0))
	long := strings.Repeat("x", 1<<16-1)
	bodies := map[string][]byte{
		"published": published(t),
		"shop":      serve(t, shop, sandbox.ShopToken),
		"generated": generated,
		"escaped":   bytes.ReplaceAll(bytes.ReplaceAll(generated, []byte("/"), []byte(`\/`)), []byte("M"), []byte(`\u004d`)),
		"mended":    []byte(`[{"id":"i","custom_link_path":"https://h/a b","extra_info":[1e400,"\ud83d"],"expired_at":1704067200.5},{"id":"j","custom_link_path":"https://h"}]`),
		"waste":     append(append([]byte("["), bytes.Repeat([]byte(`{"id":"same","custom_link_path":"https://h/c"},`), 100)...), `{"id":"other","custom_link_path":"https://h/d"}]`...),
		"long texts": []byte(`[{"id":"` + long[:1<<16-2] + `","custom_link_path":"https://h/` + long + `","description":"` + long + `"},` +
			`{"id":"` + long + `","custom_link_path":"https://h/c","description":"` + long + `\n","extra_info":"` + long + `"}]`),
	}
	for name, body := range bodies {
		t.Run(name, func(t *testing.T) {
			records, _, err := billpocket.Decode(bytes.Clone(body), time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			got, err := billpocket.DecodeSet(bytes.Clone(body), time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			want := paymentlink.NewSet(records, nil)
			if got.Len() != want.Len() {
				t.Fatalf("%d links, want %d", got.Len(), want.Len())
			}
			for i := range want.Len() {
				if diff := cmp.Diff(told(want.All().At(i)), told(got.All().At(i))); diff != "" {
					t.Errorf("link %d (-of records +of body):\n%s", i, diff)
				}
			}
			for i, r := range records[:want.Len()] {
				if link, ok := want.ByID(r.ID); !ok || string(link.Upstream()) != string(r.Upstream) {
					t.Errorf("record %d is not what the Set tells by its id", i)
				}
			}
		})
	}
}

// told is all that a link tells.
func told(l paymentlink.Link) []any {
	now := time.Unix(1_700_000_000, 0)
	var all []any
	all = append(all, l.ID(), l.URL(), l.Code(), l.Slug(), l.Title(), l.Description(), l.Currency(), l.Status(), l.State(now), l.Environment(),
		l.UserID(), l.PurchaseID(), string(l.AvailableRates()), string(l.ExtraInfo()), string(l.Upstream()))
	amount, ok := l.Amount()
	all = append(all, fmt.Sprint(amount.Value(), amount.Currency()), ok)
	all = append(all, call(l.StatusCode)...)
	all = append(all, call(l.LinkType)...)
	all = append(all, call(l.FixedTerm)...)
	all = append(all, call(l.CreatedAt)...)
	all = append(all, call(l.UpdatedAt)...)
	all = append(all, call(l.ExpiresAt)...)
	expired, known := l.IsExpired(now)
	return append(all, expired, known)
}

func call[T any](read func() (T, bool)) []any {
	value, ok := read()
	return []any{value, ok}
}
