package gqlhttp_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"paymentlinks/internal/fault"
)

// documentAttack is a document, with variables, that asks for too much or for
// nonsense.
type documentAttack struct {
	name      string
	document  string
	variables string // JSON; "" for none
	code      fault.Kind
}

// status is that of the answer, with the newer media type: an argument that
// its scalar does not take is an error of its field.
func (d documentAttack) status() int {
	if d.code == fault.BadUserInput && d.variables == "" {
		return http.StatusOK
	}
	return http.StatusBadRequest
}

func documentAttacks() []documentAttack {
	rep := strings.Repeat
	each := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	doubling := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "fragment pl4nted%d on PaymentLink{...pl4nted%d ...pl4nted%d}", i, i+1, i+1)
		}
		return b.String() + fmt.Sprintf("fragment pl4nted%d on PaymentLink{id}", n)
	}
	return []documentAttack{
		{"depth", rep("{pl4nted", 16) + rep("}", 16), "", fault.LimitExceeded},
		{"depth of hundreds", rep("{pl4nted", 330) + rep("}", 330), "", fault.LimitExceeded},
		{"depth through fragments", "{...pl4nted}fragment pl4nted on Query" + rep("{paymentLinks", 16) + rep("}", 16), "", fault.LimitExceeded},
		{"aliases", "{pl4nted:paymentLinks{" + each(31, "pl4nted%d:id ") + "}}", "", fault.LimitExceeded},
		{"aliases through fragments", "{a:paymentLinks{...pl4nted} b:paymentLinks{...pl4nted}}fragment pl4nted on PaymentLink{" + each(20, "pl4nted%d:id ") + "}", "", fault.LimitExceeded},
		{"root fields", "{" + each(31, "pl4nted%d:__typename ") + "}", "", fault.LimitExceeded},
		{"repetition", "{paymentLinks{" + rep("id ", 101) + "}}", "", fault.LimitExceeded},
		{"repetition, 10,000 times", "{paymentLinks{" + rep("id ", 10_000) + "}}", "", fault.LimitExceeded},
		{"repetition under repeated parents", "{" + rep("paymentLinks{"+rep("id ", 11)+"}", 10) + "}", "", fault.LimitExceeded},
		{"overlap that conflicts", "{paymentLinks{" + rep("pl4nted:id ", 14) + rep("pl4nted:url ", 14) + "}}", "", fault.ValidationFailed},
		{"overlap in nested inline fragments", "{paymentLinks{" + rep("...{", 100) + rep("id ", 90) + rep("}", 100) + "}}", "", fault.LimitExceeded},
		{"overlap by many fragments", "{paymentLinks{" + each(145, "...pl4nted%d ") + "}}" + each(20, "fragment pl4nted%d on PaymentLink{id url}"), "", fault.LimitExceeded},
		{"directives", "{__typename" + rep(" @include(if:true)", 51) + "}", "", fault.LimitExceeded},
		{"directives repeated", "{__typename" + rep(" @include(if:true)", 50) + "}", "", fault.ValidationFailed},
		{"unknown directives", "{__typename" + each(50, " @pl4nted%d") + "}", "", fault.ValidationFailed},
		{"fragments that double", "{paymentLinks{...pl4nted0}}" + doubling(60), "", fault.LimitExceeded},
		{"fragment cycle", "{...pl4nted}fragment pl4nted on Query{...pl4nted}", "", fault.ValidationFailed},
		{"fragment cycle by a detour", "{...pl4nted}fragment pl4nted on Query{paymentLinks{...A}}fragment A on PaymentLink{...B}fragment B on PaymentLink{...A}", "", fault.ValidationFailed},
		{"unused fragments", "{__typename}" + each(90, "fragment pl4nted%d on PaymentLink{id}"), "", fault.ValidationFailed},
		{"unknown fragments", "{" + each(100, "...pl4nted%d ") + "}", "", fault.ValidationFailed},
		{"operations over one fragment", each(90, "query pl4nted%d{...F}") + "fragment F on Query{paymentLinks{" + rep("id url ", 90) + "}}", "", fault.LimitExceeded},
		{"lists nested in an argument", "{paymentLinksSummary(filter:{ids:" + rep("[", 11) + `"pl4nted"` + rep("]", 11) + "}){count}}", "", fault.LimitExceeded},
		{"lists nested in an argument, 450 deep", "{paymentLinksSummary(filter:{ids:" + rep("[", 450) + `"pl4nted"` + rep("]", 450) + "}){count}}", "", fault.LimitExceeded},
		{"objects nested in an argument", "{paymentLinksSummary(filter:" + rep("{pl4nted:", 12) + "1" + rep("}", 12) + "){count}}", "", fault.LimitExceeded},
		{"list type nested", "query($pl4nted:" + rep("[", 100) + "ID" + rep("]", 100) + "){paymentLink(id:$pl4nted){id}}", "", fault.LimitExceeded},
		{"introspection loop", `{__type(name:"pl4nted"){` + rep("fields{type{", 3) + "name" + rep("}}", 3) + "}}", "", fault.ValidationFailed},
		{"introspection loop, 100 laps", "{__schema{types{" + rep("fields{type{", 100) + "name" + rep("}}", 100) + "}}}", "", fault.LimitExceeded},
		{"introspection that multiplies", "{__schema{" + each(29, "pl4nted%d:types{fields{type{fields{name args{name}}}}}") + "}}", "", fault.LimitExceeded},
		{"introspection loop by a fragment", "{__schema{types{...pl4nted}}}fragment pl4nted on __Type{fields{type{...pl4nted}}}", "", fault.ValidationFailed},
		{"introspection with aliases", "{__schema{types{" + each(31, "pl4nted%d:fields{name}") + "}}}", "", fault.LimitExceeded},
		{"unknown fields", "{" + rep("pl4nted ", 30) + "}", "", fault.ValidationFailed},
		{"unknown fields below", "{paymentLinks{" + each(900, "pl4nted%d ") + "}}", "", fault.ValidationFailed},
		{"unknown arguments", "{paymentLinks(" + each(200, "pl4nted%d:1 ") + "){id}}", "", fault.ValidationFailed},
		{"a name of 30 KB", "{pl4nted" + rep("x", 30_000) + "}", "", fault.ValidationFailed},
		{"an enum value of 30 KB", `{paymentLinks(status:"pl4nted` + rep(`\b`, 15_000) + `"){id}}`, "", fault.ValidationFailed},
		{"a near miss that asks for a suggestion", "{paymentLink(pl4nted:1){titel}}", "", fault.ValidationFailed},
		{"bytes", "{__typename}#" + rep("pl4nted", 5_000), "", fault.LimitExceeded},
		{"tokens", "{paymentLinks{" + each(1000, "pl4nted%d ") + "}}", "", fault.LimitExceeded},
		{"comments", rep("#pl4nted\n", 1_100) + "{__typename}", "", fault.LimitExceeded},
		{"syntax", "{pl4nted(", "", fault.ParseFailed},
		{"unterminated string", `{paymentLink(id:"pl4nted`, "", fault.ParseFailed},
		{"NUL", "{pl4nted\x00}", "", fault.ParseFailed},
		{"NaN in the document", "{paymentLinksConnection(first:NaN){totalCount}}", "", fault.ValidationFailed},
		{"1e400 for an Int", "{paymentLinksConnection(first:1e400){totalCount}}", "", fault.ValidationFailed},
		{"an Int of a thousand digits", "{paymentLinksConnection(first:" + rep("9", 1000) + "){totalCount}}", "", fault.BadUserInput},
		{"variables", "query(" + each(200, "$pl4nted%d:ID ") + "){__typename}", "", fault.ValidationFailed},
		{"1e400 in a variable", "query($v:Int){paymentLinksConnection(first:$v){totalCount}}", `{"v":1e400}`, fault.BadUserInput},
		{"a fraction in a variable", "query($v:Int){paymentLinksConnection(first:$v){totalCount}}", `{"v":1.5}`, fault.BadUserInput},
		{"a number of 1,000 digits in a variable", "query($v:Int){paymentLinksConnection(first:$v){totalCount}}", `{"v":` + rep("9", 1000) + `}`, fault.BadUserInput},
		{"2^31 in a variable", "query($v:Int){paymentLinksConnection(first:$v){totalCount}}", `{"v":2147483648}`, fault.BadUserInput},
		{"NaN in a variable", "query($v:Int){paymentLinksConnection(first:$v){totalCount}}", `{"v":NaN}`, fault.BadRequest},
		{"Infinity in a variable", "query($v:Int){paymentLinksConnection(first:$v){totalCount}}", `{"v":-Infinity}`, fault.BadRequest},
		{"a hexadecimal number in a variable", "query($v:Int){paymentLinksConnection(first:$v){totalCount}}", `{"v":0x10}`, fault.BadRequest},
		{"a deep variable", "query($v:PaymentLinkFilter){paymentLinksSummary(filter:$v){count}}", `{"v":` + rep("[", 100) + `"pl4nted"` + rep("]", 100) + `}`, fault.BadRequest},
		{"a variable of 50,000 levels", "query($v:PaymentLinkFilter){paymentLinksSummary(filter:$v){count}}", `{"v":` + rep(`{"pl4nted":`, 50_000), fault.BadRequest},
		{"a variable just deep enough", "query($v:PaymentLinkFilter){paymentLinksSummary(filter:$v){count}}", `{"v":` + rep(`{"pl4nted":`, 60) + `1` + rep("}", 60) + `}`, fault.BadUserInput},
		{"a variable of a wrong type", "query($v:ID!){paymentLink(id:$v){id}}", `{"v":{"pl4nted":"` + rep("pl4nted", 100) + `"}}`, fault.BadUserInput},
		{"a missing variable", "query($pl4nted:ID!){paymentLink(id:$pl4nted){id}}", `{}`, fault.BadUserInput},
		{"an unknown enum in a variable", "query($v:PaymentLinkStatus){paymentLinks(status:$v){id}}", `{"v":"pl4nted"}`, fault.BadUserInput},
		{"a repeated key", "query($v:ID!){paymentLink(id:$v){id}}", `{"v":"1","v":"pl4nted"}`, fault.BadRequest},
		{"a lone surrogate", "query($v:ID!){paymentLink(id:$v){id}}", `{"v":"pl4nted\ud800"}`, fault.BadRequest},
		{"variables that are a list", "{__typename}", `["pl4nted"]`, fault.BadRequest},
		{"complexity", "{paymentLinksConnection(first:250){nodes{" + each(29, "pl4nted%d:amount{value currency minorUnits formatted}") + "}}}", "", fault.LimitExceeded},
		{"subscription", "subscription pl4nted{__typename}", "", fault.ValidationFailed},
		{"mutation", "mutation pl4nted{__typename}", "", fault.ValidationFailed},
		{"only a fragment", "fragment pl4nted on Query{__typename}", "", fault.OperationResolution},
		{"empty", "", "", fault.ParseFailed},
	}
}

func (d documentAttack) body() string {
	variables := ""
	if d.variables != "" {
		variables = `,"variables":` + d.variables
	}
	return `{"query":` + quote(d.document) + variables + `}`
}

func TestAbusiveDocuments(t *testing.T) {
	a := newAbused(t).listen(t)
	for _, attack := range documentAttacks() {
		t.Run(attack.name, func(t *testing.T) {
			start := time.Now()
			got := a.exchange(t, sending(rawRequest("POST", "/graphql", attack.body())))
			t.Logf("%v", time.Since(start))
			refused(t, got, attack.status(), attack.code)
			a.isAlive(t)
		})
	}
}

// The same with the older media type, whose status is 200.
func TestAbusiveDocumentsAsPlainJSON(t *testing.T) {
	a := newAbused(t).listen(t)
	for _, attack := range documentAttacks() {
		t.Run(attack.name, func(t *testing.T) {
			status := http.StatusOK
			if attack.code == fault.BadRequest {
				status = http.StatusBadRequest
			}
			refused(t, a.exchange(t, sending(rawRequest("POST", "/query", attack.body(), "Accept: application/json"))), status, attack.code)
		})
	}
	a.isAlive(t)
}

// BenchmarkAbuse reports the CPU of each attack on a document, from the
// handler's call to its return.
func BenchmarkAbuse(b *testing.B) {
	a := newAbused(b)
	e := &edge{handler: a.handler}
	for _, attack := range documentAttacks() {
		body := attack.body()
		b.Run(attack.name, func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				i++
				// A comment makes each document a new one: nothing remembered helps.
				fresh := strings.Replace(body, `{"query":"`, fmt.Sprintf(`{"query":"#%d\n`, i), 1)
				e.do(post(fresh, "Accept", "application/graphql-response+json"))
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/attack")
		})
	}
}
