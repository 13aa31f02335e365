//go:build linux

package attack_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime/metrics"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"paymentlinks/graph"
	"paymentlinks/internal/billpocket"
	"paymentlinks/internal/exchange"
	"paymentlinks/internal/guard"
	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/tenant"
)

// What the worst operation of 4 KB may take, whatever list it is asked of:
// CPU time of the process and bytes that are allocated, garbage included.
const (
	worstCPU       = time.Second
	worstAllocated = 256 << 20
)

// tails has texts of 6,000 bytes whose words are found at their very end.
func tails() []byte {
	return list(10_000, func(_ int, l link) {
		l["description"] = strings.Repeat("x", 5_900) + strings.TrimSpace(strings.Repeat(" ab cd ef gh", 8))
	})
}

// bulky has much that is handed on as upstream sent it.
func bulky() []byte {
	return list(300, func(_ int, l link) { l["extra_info"] = strings.Repeat("<\u2028é", 10_000) })
}

// timed has amounts of many digits and times of every day.
func timed() []byte {
	return list(30_000, func(i int, l link) {
		l["amount"], l["expired_at"] = fmt.Sprint(1<<40+i, ".123"), time.Date(2030, 1, i%30, i%24, i%60, 0, 0, time.UTC)
		l["currency"] = []string{"MXN", "USD", "BHD", "XXX"}[i%4]
	})
}

// target is one of the lists, with an executor over it.
type target struct {
	name     string
	executor func() graphql.GraphExecutor
}

// targets are the lists that operations are asked of. Each is made when it is
// first needed.
//
//nolint:gochecknoglobals // lists of tens of megabytes, made once
var targets = func() []target {
	var all []target
	for _, made := range []struct {
		name string
		list func() []byte
	}{
		{"plain", plain},
		{"wordy", wordy},
		{"ligatures", ligatures},
		{"longURLs", longURLs},
		{"brackets", brackets},
		{"currencies", allCurrencies},
		{"tails", tails},
		{"bulky", bulky},
		{"timed", timed},
		{"large", func() []byte { return titled(100_000) }},
	} {
		all = append(all, target{made.name, sync.OnceValue(func() graphql.GraphExecutor { return executorOver(made.list()) })})
	}
	return all
}()

// executorOver reads a list as it comes from upstream, and has its indexes made.
func executorOver(list []byte) graphql.GraphExecutor {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(list) }))
	defer server.Close()
	client, err := billpocket.New(billpocket.Config{Settings: billpocket.Settings{BaseURL: server.URL, TryTimeout: time.Minute}})
	if err != nil {
		panic(err)
	}
	defer client.Close()
	snapshot, err := client.List(context.Background(), tenant.Tenant{}, nil)
	if err != nil {
		panic(err)
	}
	exec := graph.NewExecutor(graph.Config{Source: fixed{snapshot}, Settings: graph.Settings{Introspection: true}})
	for _, order := range []string{"CREATED_AT_ASC", "UPDATED_AT_ASC", "EXPIRES_AT_ASC", "AMOUNT_ASC"} {
		execute(exec, `{a:paymentLinksConnection(orderBy:`+order+`,filter:{search:"e"}){pageInfo{endCursor}} b:paymentLinksConnection(orderBy:`+order+`){summary{count}}}`, nil)
	}
	return exec
}

// fixed is a LinkSource of one list.
type fixed struct{ snapshot *paymentlink.Snapshot }

func (f fixed) Snapshot(context.Context, tenant.Tenant, time.Time) (*paymentlink.Snapshot, error) {
	return f.snapshot, nil
}

// limits are the default ones on documents.
//
//nolint:gochecknoglobals // it never changes
var limits = sync.OnceValue(func() *guard.Guard {
	g, err := guard.New(guard.Limits{})
	if err != nil {
		panic(err)
	}
	return g
})

// execute does what the edge does with a document that has come, and returns
// the answer's bytes and how many errors it has.
func execute(exec graphql.GraphExecutor, document string, header http.Header) (bytes, errors int) {
	if limits().Check(document) != nil {
		return 0, 1
	}
	credentials, _ := tenant.NewCredentials("token", "key")
	ctx := exchange.NewContext(context.Background(), &exchange.Exchange{RequestID: "r", ReceivedAt: time.Now()})
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	ctx = graphql.StartOperationTrace(tenant.NewContext(ctx, tenant.Tenant{Credentials: credentials}))
	operation, refused := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: document, Headers: header})
	if len(refused) > 0 {
		ctx = graphql.WithOperationContext(ctx, operation)
		return 0, len(exec.DispatchError(ctx, refused[:min(len(refused), 11)]).Errors)
	}
	answers, ctx := exec.DispatchOperation(ctx, operation)
	answer := answers(ctx)
	return len(answer.Data), len(answer.Errors)
}

// attempt is an operation with what it is asked of, and what it took.
type attempt struct {
	target    target
	traced    bool
	document  string
	cpu       time.Duration
	allocated uint64
	bytes     int
	errors    int
}

func (a attempt) String() string {
	return fmt.Sprintf("%v of CPU, %d MiB allocated, %d bytes and %d errors from %s, traced %v: %s",
		a.cpu, a.allocated>>20, a.bytes, a.errors, a.target.name, a.traced, a.document)
}

func (a attempt) isOver() bool { return a.cpu > worstCPU || a.allocated > worstAllocated }

// newAttempt reads choices as an attempt; it is false where they make none.
func newAttempt(choices []byte) (attempt, bool) {
	if len(choices) < 4 || len(choices) > 1_000 {
		return attempt{}, false
	}
	a := attempt{target: targets[int(choices[0])%len(targets)], traced: choices[1]%8 == 7, document: writeOperation(choices[2:])}
	return a, a.document != ""
}

// run executes the operation and counts what it takes.
func (a *attempt) run() {
	exec := a.target.executor()
	var header http.Header
	if a.traced {
		header = http.Header{"Apollo-Federation-Include-Trace": {"ftv1"}}
	}
	cpu, allocated := usedCPU(), allocatedBytes()
	a.bytes, a.errors = execute(exec, a.document, header)
	a.cpu, a.allocated = usedCPU()-cpu, allocatedBytes()-allocated
}

// usedCPU is the CPU time of this process, as the system counts it.
func usedCPU() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// allocatedBytes is what was ever allocated on the heap.
func allocatedBytes() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// seeds are choices that make some of everything.
func seeds() [][]byte {
	var all [][]byte
	for i := range targets {
		for j := range 6 {
			seed := make([]byte, 60)
			for k := range seed {
				seed[k] = byte(i*31 + j*57 + k*k*(j+1) + k*7)
			}
			seed[0], seed[1] = byte(i), byte(j)
			all = append(all, seed)
		}
	}
	return all
}

// FuzzOperation: no operation of up to 4 KB costs more than the bound, whatever
// list it is asked of.
func FuzzOperation(f *testing.F) {
	for _, seed := range seeds() {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, choices []byte) {
		a, ok := newAttempt(choices)
		if !ok {
			return
		}
		a.run()
		for range 3 { // what the collector does besides is not the operation's
			if !a.isOver() {
				return
			}
			a.run()
		}
		t.Errorf("over %v and %d MiB: %v", worstCPU, worstAllocated>>20, a)
	})
}
