package main

import (
	"context"
	"net/http"

	"paymentlinks/internal/serving"
	"paymentlinks/internal/sharedcache"
	"paymentlinks/internal/snapshot"
)

// keptOfTenant is what an operator sees of one.
type keptOfTenant struct {
	Memory snapshot.Entry `json:"memory"`
	// Redis is nil where there is none, or where it does not answer.
	Redis *sharedcache.Entry `json:"redis"`
}

// newTenants is the operator's view of what is kept. shared is nil without Redis.
func newTenants(lists *snapshot.Store, shared *sharedcache.Cache) http.Handler {
	look := func(ctx context.Context, short string) []keptOfTenant {
		var found []keptOfTenant
		for key, entry := range lists.Find(short) {
			kept := keptOfTenant{Memory: entry}
			if shared != nil {
				if there, ok := shared.Inspect(ctx, key); ok {
					kept.Redis = &there
				}
			}
			found = append(found, kept)
		}
		return found
	}
	purge := func(_ context.Context, short string) int {
		found := lists.Find(short)
		for key := range found {
			lists.Purge(key)
			if shared != nil {
				shared.Purge(key)
			}
		}
		return len(found)
	}
	return serving.Tenants(look, purge)
}
