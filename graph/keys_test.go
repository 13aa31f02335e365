package graph_test

import (
	"strings"
	"testing"

	"paymentlinks/graph"
	"paymentlinks/internal/paymentlink"
)

// Exactly one of the fields of a key is given, whatever let more of them through.
func TestKeysAreOneOf(t *testing.T) {
	const one, many = `query ($k: PaymentLinkKey!) { paymentLinkBy(key: $k) { id } }`, `query ($k: [PaymentLinkKey!]!) { paymentLinksBy(keys: $k) { id } }`
	long := strings.Repeat("x", 4097)
	for name, test := range map[string]struct{ query, variables, code, message string }{
		"two in a literal":        {`{ paymentLinkBy(key: { id: "a", code: "b" }) { id } }`, ``, "GRAPHQL_VALIDATION_FAILED", ""},
		"none in a literal":       {`{ paymentLinkBy(key: {}) { id } }`, ``, "GRAPHQL_VALIDATION_FAILED", ""},
		"null in a literal":       {`{ paymentLinkBy(key: { id: null }) { id } }`, ``, "GRAPHQL_VALIDATION_FAILED", ""},
		"one and a null":          {`{ paymentLinkBy(key: { id: "a", code: null }) { id } }`, ``, "GRAPHQL_VALIDATION_FAILED", ""},
		"a variable that is null": {`query ($id: ID) { paymentLinkBy(key: { id: $id }) { id } }`, ``, "GRAPHQL_VALIDATION_FAILED", ""},
		"two in a variable":       {one, `{"k": {"id": "a", "url": "b"}}`, "BAD_USER_INPUT", "must have exactly one of the fields of PaymentLinkKey"},
		"none in a variable":      {one, `{"k": {}}`, "BAD_USER_INPUT", "must have exactly one of the fields of PaymentLinkKey"},
		"null in a variable":      {one, `{"k": {"code": null}}`, "BAD_USER_INPUT", "must have exactly one of the fields of PaymentLinkKey"},
		"one and a null besides":  {one, `{"k": {"code": "a", "id": null}}`, "BAD_USER_INPUT", "must have exactly one of the fields of PaymentLinkKey"},
		"two among many":          {many, `{"k": [{"id": "a"}, {"id": "a", "code": "b"}]}`, "BAD_USER_INPUT", "must have exactly one of the fields of PaymentLinkKey"},
		"no key of that name":     {one, `{"k": {"title": "a"}}`, "BAD_USER_INPUT", ""},
		"a key of another type":   {one, `{"k": {"code": 5}}`, "BAD_USER_INPUT", ""},
		"a key that is too long":  {one, `{"k": {"code": "` + long + `"}}`, "BAD_USER_INPUT", "must have at most 4,096 bytes"},
		"101 keys":                {many, `{"k": [` + strings.Repeat(`{"id": "a"},`, 100) + `{"id": "b"}]}`, "BAD_USER_INPUT", "must hold at most 100 keys"},
		"thousands of keys":       {many, `{"k": [` + strings.Repeat(`{"id": "a"},`, 5_000) + `{"id": "b"}]}`, "BAD_USER_INPUT", "must hold at most 100 keys"},
		"keys too long together":  {many, `{"k": [` + strings.Repeat(`{"url": "`+long[:4000]+`"},`, 8) + `{"id": "` + long[:769] + `"}]}`, "BAD_USER_INPUT", "32,768 bytes together"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, suggestions := range []bool{false, true} {
				s := newServer(newSource(oddLinks(t)...), func(c *graph.Config) { c.Suggestions = suggestions })
				a := s.ask(t, request{query: test.query, variables: test.variables})
				if len(a.Errors) != 1 || a.code() != test.code || !strings.Contains(a.Errors[0].Message, test.message) {
					t.Errorf("suggestions %v: got %.300s, %.300v; want one %s %q", suggestions, a.Data, a.Errors, test.code, test.message)
				}
			}
		})
	}
}

// As many keys as may be, and each is answered in its place.
func TestKeysInOrder(t *testing.T) {
	s := newServer(newSource(manyLinks(120)...))
	keys := strings.Repeat(`{"id": "id-7"}, {"code": "none"}, {"url": "http://PAY.billpocket.com/shop/id-9?utm_source=x"}, {"code": "ID-3"},`, 25)
	got := data[struct{ PaymentLinksBy []*struct{ ID string } }](t, s,
		`query ($k: [PaymentLinkKey!]!) { paymentLinksBy(keys: $k) { id } }`, `{"k": [`+strings.TrimSuffix(keys, ",")+`]}`)
	if len(got.PaymentLinksBy) != 100 {
		t.Fatalf("%d links for 100 keys", len(got.PaymentLinksBy))
	}
	for i, want := range []string{"id-7", "", "id-9", "id-3"} {
		for at := i; at < 100; at += 4 {
			id := ""
			if link := got.PaymentLinksBy[at]; link != nil {
				id = link.ID
			}
			if id != want {
				t.Errorf("key %d found %q, want %q", at, id, want)
			}
		}
	}
	if calls := s.source.callCount(); calls != 1 {
		t.Errorf("%d calls of the source, want 1", calls)
	}
}

// A key finds what the query of its own kind finds.
func TestKeysFindWhatOthersFind(t *testing.T) {
	s := newServer(newSource(append(oddLinks(t), paymentlink.Record{ID: "mesa4", URL: "https://x.example/mesa4", Code: "mesa4"})...))
	type link struct{ ID string }
	got := data[struct{ ByID, ByCode, ByURL, CodeAsURL *link }](t, s, `{
		byID: paymentLinkBy(key: { id: "mesa4" }) { id } byCode: paymentLinkBy(key: { code: "MESA4" }) { id }
		byURL: paymentLinkBy(key: { url: "la liga es http://X.example/mesa4/?utm_source=a#b, gracias" }) { id }
		codeAsURL: paymentLinkBy(key: { url: "mesa4" }) { id } }`, "")
	if got.ByID == nil || got.ByCode == nil || got.ByURL == nil || got.CodeAsURL != nil {
		t.Errorf("got %+v", got)
	}
}
