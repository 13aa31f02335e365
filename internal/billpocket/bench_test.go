package billpocket_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"paymentlinks/internal/billpocket"
	"paymentlinks/internal/paymentlink"
	"paymentlinks/internal/sandbox"
)

// BenchmarkDecode reads lists into copies of records, which only tests do, and
// into a Set. Beside it does what most clients do: encoding/json into structs, amounts and times still text.
func BenchmarkDecode(b *testing.B) {
	for _, links := range []int{5, 200, 10_000} {
		body := sandbox.GenerateList("bench", links, time.Unix(1_700_000_000, 0))
		b.Run(fmt.Sprintf("records/%d", links), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				if records, _, err := billpocket.Decode(body, time.UTC); err != nil || len(records) != links {
					b.Fatal(len(records), err)
				}
			}
		})
		b.Run(fmt.Sprintf("set/%d", links), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				if set, err := billpocket.DecodeSet(body, time.UTC); err != nil || set.Len() != links {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("encodingjson/%d", links), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				var parsed []publishedLink
				if err := json.Unmarshal(body, &parsed); err != nil || len(parsed) != links {
					b.Fatal(len(parsed), err)
				}
			}
		})
	}
}

type publishedLink struct {
	UserID         json.Number     `json:"user_id"`
	ID             string          `json:"id"`
	AvailableRates json.RawMessage `json:"available_rates"`
	LinkType       *int32          `json:"link_type"`
	CustomLinkPath string          `json:"custom_link_path"`
	SecondaryLink  string          `json:"secondary_link"`
	IsFixedTerm    *bool           `json:"is_fixed_term"`
	ExtraInfo      json.RawMessage `json:"extra_info"`
	PurchaseID     json.RawMessage `json:"purchase_id"`
	Status         *int32          `json:"status"`
	Amount         json.Number     `json:"amount"`
	CreatedAt      string          `json:"created_at"`
	UpdatedAt      string          `json:"updated_at"`
	Description    string          `json:"description"`
	MainLink       string          `json:"main_link"`
	Currency       string          `json:"currency"`
	ExpiredAt      *string         `json:"expired_at"`
	Domain         string          `json:"domain"`
}

// BenchmarkList is the whole call over loopback, sandbox included: a list seen
// for the first time, and one that has not changed.
func BenchmarkList(b *testing.B) {
	for _, links := range []int{5, 200, 10_000} {
		upstream, url := newUpstream(b)
		upstream.AddMerchant("bench", sandbox.APIKey, sandbox.GenerateList("bench", links, time.Unix(1_700_000_000, 0)))
		client := newClient(b, billpocket.Config{Settings: billpocket.Settings{BaseURL: url}})
		credentials := credentials(b, "bench")
		first, err := client.List(b.Context(), credentials, nil)
		if err != nil {
			b.Fatal(err)
		}
		for name, prev := range map[string]*paymentlink.Snapshot{"changed": nil, "unchanged": first} {
			b.Run(fmt.Sprintf("%s/%d", name, links), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if got, err := client.List(b.Context(), credentials, prev); err != nil || got.Set.Len() != links {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
