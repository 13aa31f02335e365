//go:build linux && soak

package attack_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestSoakKeptLists: whatever lists are made of, what is kept of them is bounded.
func TestSoakKeptLists(t *testing.T) {
	const tenants, body = 40, 4 << 20
	element := func(i int, currency string) string {
		return fmt.Sprintf(`{"id":"i%d","custom_link_path":"https://h/a","currency":"%s","amount":1}`, i, currency)
	}
	for name, list := range map[string][]byte{
		"repeated ids":               []byte("[" + strings.Repeat(element(1, "MXN")+",", 20_000) + element(2, "MXN") + "]"),
		"space between elements":     []byte("[" + element(1, "MXN") + strings.Repeat(" ", body) + "," + element(2, "MXN") + "]"),
		"space inside of an element": []byte(`[{"id":"1","custom_link_path":"https://h/a","x":` + strings.Repeat(" ", body) + `1}]`),
		"what nobody reads":          []byte(`[{"id":"1","custom_link_path":"https://h/a","x":"` + strings.Repeat("x", body) + `"}]`),
		"many currencies":            currencies(3_000),
		"numbers of many digits":     []byte(`[{"id":"1","custom_link_path":"https://h/a","amount":` + strings.Repeat("1", body) + `,"currency":"MXN"}]`),
	} {
		t.Run(name, func(t *testing.T) {
			u := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(list) })
			p := start(t, u.over(), "PAYMENTLINKS_SNAPSHOT_BYTES=16MiB", "PAYMENTLINKS_ANSWER_BYTES=0")
			p.settle(t)
			before := p.memory(t, "VmRSS")
			for i := range tenants {
				a := p.ask(t, fmt.Sprint("t", i), `{paymentLinksSummary{count byCurrency{currency}} a:paymentLinksSummary(filter:{status:[ACTIVE]}){count byCurrency{currency}} b:paymentLinksConnection(first:1,orderBy:AMOUNT_ASC){totalCount}}`, "")
				if i == 0 {
					t.Log(a)
				}
			}
			p.settle(t)
			if held := p.memory(t, "VmRSS") - before; held > 80<<20 {
				t.Errorf("%d MiB are held of lists of 16 MiB", held>>20)
			} else {
				t.Logf("%d MiB are held", held>>20)
			}
		})
	}
}
