// Command naive is what a Go programmer has after a day: gqlgen as it comes,
// encoding/json, and a list kept for some seconds.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/vektah/gqlparser/v2/ast"

	"paymentlinks/bench/naive/api"
)

func main() {
	fresh, err := strconv.Atoi(os.Getenv("FRESH_SECONDS"))
	if err != nil {
		log.Fatal(err)
	}
	lists := &lists{upstream: os.Getenv("UPSTREAM"), fresh: time.Duration(fresh) * time.Second, kept: map[caller]*list{}}
	server := handler.New(api.NewExecutableSchema(api.Config{Resolvers: resolvers{lists}}))
	server.AddTransport(transport.POST{})
	server.SetQueryCache(lru.New[*ast.QueryDocument](1000))
	http.HandleFunc("/graphql", func(w http.ResponseWriter, r *http.Request) {
		c := caller{r.Header.Get("BP-User-Token"), r.Header.Get("X-Api-Key")}
		server.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callerKey{}, c)))
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}

type (
	caller    struct{ token, key string }
	callerKey struct{}
)

type resolvers struct{ *lists }

func (r resolvers) Query() api.QueryResolver { return r }

// PaymentLinks resolves the one field.
func (r resolvers) PaymentLinks(ctx context.Context, currency *string) ([]*api.Link, error) {
	c, _ := ctx.Value(callerKey{}).(caller)
	links, err := r.of(c)
	if err != nil || currency == nil {
		return links, err
	}
	var matching []*api.Link
	for _, link := range links {
		if link.Currency != nil && *link.Currency == *currency {
			matching = append(matching, link)
		}
	}
	return matching, nil
}

// lists keeps each caller's list for some time; callers who come at once share
// one call.
type lists struct {
	upstream string
	fresh    time.Duration
	mu       sync.Mutex
	kept     map[caller]*list
}

type list struct {
	done  chan struct{}
	until time.Time // valid once done is closed
	links []*api.Link
	err   error
}

func (l *lists) of(c caller) ([]*api.Link, error) {
	l.mu.Lock()
	kept := l.kept[c]
	if kept != nil {
		select {
		case <-kept.done:
			if kept.err != nil || time.Now().After(kept.until) {
				kept = nil
			}
		default:
		}
	}
	if kept == nil {
		kept = &list{done: make(chan struct{})}
		l.kept[c] = kept
		go func() {
			kept.links, kept.err = l.fetch(c)
			kept.until = time.Now().Add(l.fresh)
			close(kept.done)
		}()
	}
	l.mu.Unlock()
	<-kept.done
	return kept.links, kept.err
}

func (l *lists) fetch(c caller) ([]*api.Link, error) {
	req, err := http.NewRequest(http.MethodGet, l.upstream+"/v1/custom-link", nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("BP-User-Token", c.token)
	req.Header.Set("X-Api-Key", c.key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("upstream answered %d", resp.StatusCode)
	}
	var links []*api.Link
	err = json.NewDecoder(resp.Body).Decode(&links)
	return links, err
}
