package guard_test

import (
	"fmt"
	"strings"
)

// attack is a document made to cost more than it seems to.
type attack struct {
	name     string
	document string
}

// maxBytes is the longest document that the default limits allow.
const maxBytes = 32 << 10

// attacks returns documents of at most maxBytes, most of them swept over the
// parameter that trades one limit for another. Some are refused by the guard,
// others must be cheap to validate.
func attacks() []attack {
	var all []attack
	add := func(name string, parameter int, document string) {
		if len(document) > maxBytes {
			document = document[:maxBytes]
		}
		all = append(all, attack{fmt.Sprintf("%s/%d", name, parameter), document})
	}
	sizes := []int{1, 2, 3, 5, 8, 10, 13, 20, 30, 40, 50, 60, 80, 99, 100, 101, 120, 150, 200, 300, 480, 1000, 10000}
	if raceEnabled {
		sizes = []int{1, 10, 40, 120, 480}
	}
	for _, n := range sizes {
		repetitionAttacks(n, add)
		fragmentAttacks(n, add)
		valueAttacks(n, add)
		lexicalAttacks(n, add)
	}
	return all
}

// fit repeats a part so often that the whole has about the given number of
// tokens, the part having perPart of them.
func fit(part string, perPart, tokens int) string {
	return strings.Repeat(part, max(0, tokens/perPart))
}

// numbered joins n texts that differ by their number.
func numbered(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// filler is a name or string body that uses up the bytes left beside a
// document of the given length.
func filler(used int) string { return strings.Repeat("x", max(1, maxBytes-used-64)) }

func repetitionAttacks(n int, add func(string, int, string)) {
	add("leaf repeated", n, "{paymentLinks{"+strings.Repeat("id ", n)+"}}")
	add("ten leaves repeated", n, "{paymentLinks{"+strings.Repeat("id url code slug title description status state isExpired expiresAt ", n)+"}}")
	add("unknown leaf repeated", n, "{"+strings.Repeat("x ", n)+"}")
	add("leaf under repeated parents", n, "{"+strings.Repeat("paymentLinks{"+strings.Repeat("id ", 900/n/3)+"}", n)+"}")
	add("leaf under repeated parents, two levels", n, "{"+strings.Repeat("paymentLinksConnection{"+strings.Repeat("nodes{"+strings.Repeat("id ", 3)+"}", max(1, 150/n))+"}", n)+"}")
	add("conflicting aliases", n, "{paymentLinks{"+strings.Repeat("a:id a:url ", n)+"}}")
	add("conflict by one alias", n, "{paymentLinks{a:id "+strings.Repeat("a ", n)+"}}")
	add("arguments differ", n, "{"+numbered(n, `paymentLink(id:"%d"){id}`)+"}")
	add("arguments of many names", n, "{"+strings.Repeat("paymentLink("+numbered(900/n/3, "a%d:1 ")+"){id}", n)+"}")
	add("objects as arguments", n, "{"+strings.Repeat("paymentLinksSummary(filter:{"+numbered(900/n/3, "a%d:1 ")+"}){count}", n)+"}")
	add("deep conflicts", n, strings.Repeat("{a:paymentLinks", 1)+"{"+strings.Repeat("summary{nextToExpire{", 6)+strings.Repeat("id ", n)+strings.Repeat("}}", 6)+"}}")
	for _, chain := range []int{2, 5, 10, 20, 50, 100, 150} {
		add(fmt.Sprintf("leaves in %d inline fragments", chain), n,
			"{paymentLinks{"+strings.Repeat("...{", chain)+strings.Repeat("id ", n)+strings.Repeat("}", chain)+"}}")
		add(fmt.Sprintf("conflicts in %d inline fragments", chain), n,
			"{paymentLinks{"+strings.Repeat("...{", chain)+"id:url "+strings.Repeat("id ", n)+strings.Repeat("}", chain)+"}}")
		add(fmt.Sprintf("spreads in %d inline fragments", chain), n,
			"{paymentLinks{"+strings.Repeat("...{", chain)+strings.Repeat("...F ", n)+strings.Repeat("}", chain)+"}}fragment F on PaymentLink{id}")
		add(fmt.Sprintf("unknown spreads in %d inline fragments", chain), n,
			"{paymentLinks{"+strings.Repeat("...{", chain)+strings.Repeat("...F ", n)+strings.Repeat("}", chain)+"}}")
		add(fmt.Sprintf("side by side in %d inline fragments", chain), n,
			"{paymentLinks{"+strings.Repeat("...{id ", chain)+strings.Repeat("id ", n)+strings.Repeat("}", chain)+"}}")
	}
	add("distinct unknown fields under repeated parents", n, "{"+strings.Repeat("paymentLinks{"+numbered(900/n/1, "f%d ")+"}", n)+"}")
	add("introspection loop", n, "{__schema{types{"+strings.Repeat("fields{type{", n)+"name"+strings.Repeat("}}", n)+"}}}")
	add("introspection chain", n, `{__type(name:"Query"){`+strings.Repeat("ofType{", n)+"name"+strings.Repeat("}", n)+"}}")
	add("introspection leaf repeated", n, "{__schema{types{"+strings.Repeat("name ", n)+"}}}")
	add("depth", n, strings.Repeat("{a", n)+strings.Repeat("}", n))
	add("root fields", n, "{"+numbered(n, "f%d ")+"}")
	add("aliases", n, "{"+numbered(n, "f%d:__typename ")+"}")
}

func fragmentAttacks(n int, add func(string, int, string)) {
	add("fragments doubling", n, "{paymentLinks{...F0}}"+doubling(min(n, 120)))
	add("operations over one fragment", n, numbered(n, "query q%d{...F}")+"fragment F on Query{paymentLinks{"+fit("id url code slug title description status state isExpired expiresAt ", 10, 950-6*n)+"}}")
	add("operations over one unknown field", n, numbered(n, "query q%d{...F}")+"fragment F on Query{paymentLinks{"+fit("nosuchfield ", 1, 950-6*n)+"}}")
	add("operations over a long name", n, numbered(n, "query q%d{...F}")+"fragment F on Query{"+filler(20*n+40)+"}")
	add("operations over a long enum", n, numbered(n, "query q%d{...F}")+`fragment F on Query{paymentLinks(status:"`+filler(20*n+80)+`"){id}}`)
	add("operations over an escaped enum", n, numbered(n, "query q%d{...F}")+`fragment F on Query{paymentLinks(status:"`+strings.Repeat(`\b`, max(1, maxBytes/2-10*n-80))+`"){id}}`)
	add("operations over a block string", n, numbered(n, "query q%d{...F}")+`fragment F on Query{paymentLinks(status:"""`+strings.Repeat("\n \"", max(1, maxBytes/3-7*n-80))+`"""){id}}`)
	add("operations over a cycle", n, numbered(n, "query q%d{...F}")+"fragment F on Query{...G}fragment G on Query{...F}")
	add("chain of fragments", n, "{paymentLinks{...F0}}"+numbered(n-1, "fragment F%[1]d on PaymentLink{"+fit("id ", 1, 900/n-8)+"...F"+"%[1]d_ }")+"")
	add("chain", n, "{paymentLinks{...F0}}"+chained(n, fit("id url code slug title description status state isExpired expiresAt ", 10, 950/n-8)))
	add("chain of unknown fields", n, "{paymentLinks{...F0}}"+chained(n, fit("x ", 1, 950/n-8)))
	add("fragments spread together", n, "{paymentLinks{"+numbered(n, "...F%d ")+"}}"+numbered(n, "fragment F%d on PaymentLink{"+fit("id ", 1, 900/n-9)+"}"))
	add("fragments spread together, conflicting", n, "{paymentLinks{"+numbered(n, "...F%d ")+"}}"+numbered(min(n, 30), "fragment F%d on PaymentLink{a:id "+fit("b ", 1, 900/n-12)+"}"))
	add("one fragment under repeated parents", n, "{"+strings.Repeat("paymentLinks{"+strings.Repeat("...F ", max(1, 900/n/2-2))+"}", n)+"}fragment F on PaymentLink{id}")
	add("fragments under repeated parents", n, "{"+strings.Repeat("paymentLinks{"+numbered(max(1, 400/n/2-2), "...F%d ")+"}", n)+"}"+numbered(max(1, 400/n/2-2), "fragment F%d on PaymentLink{id}"))
	add("unused fragments", n, "{__typename}"+numbered(n, "fragment F%d on PaymentLink{id}"))
	add("unused fragments, all spreading all", n, "{__typename}"+allToAll(min(n, 40)))
	add("all spreading the next ones", n, "{paymentLinks{...F0}}"+nextOnes(min(n, 40)))
	add("fragments of one name", n, "{paymentLinks{...F}}"+strings.Repeat("fragment F on PaymentLink{id}", n))
	add("cycle", n, "{paymentLinks{...F0}}"+chained(min(n, 110), "id ")+fmt.Sprintf("fragment F%d on PaymentLink{...F0}", min(n, 110)))
	add("cycle through itself", n, "{paymentLinks{...F}}fragment F on PaymentLink{"+strings.Repeat("...F ", n)+"}")
	add("inline fragments of unknown type", n, "{"+strings.Repeat("...on "+strings.Repeat("x", max(1, maxBytes/n/2-10))+"{", min(n, 200))+"id"+strings.Repeat("}", min(n, 200))+"}")
	add("many operations", n, numbered(n, "query q%d{__typename}"))
	add("operations of one name", n, strings.Repeat("query q{__typename}", n))
	add("anonymous operations", n, strings.Repeat("{__typename}", n))
}

// doubling makes n fragments of which each spreads the next twice, under two
// parents.
func doubling(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "fragment F%d on PaymentLink{...F%d ...F%d}", i, i+1, i+1)
	}
	fmt.Fprintf(&b, "fragment F%d on PaymentLink{id}", n)
	return b.String()
}

// chained makes n fragments of which each spreads the next.
func chained(n int, body string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "fragment F%d on PaymentLink{%s ...F%d}", i, body, i+1)
	}
	return b.String()
}

func allToAll(n int) string {
	return numbered(n, "fragment F%d on PaymentLink{id "+numbered(n, "...F%d ")+"}")
}

func nextOnes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "fragment F%d on PaymentLink{id ", i)
		for j := i + 1; j < n; j++ {
			fmt.Fprintf(&b, "...F%d ", j)
		}
		b.WriteString("}")
	}
	return b.String()
}

func valueAttacks(n int, add func(string, int, string)) {
	opened, closed := strings.Repeat("[", n), strings.Repeat("]", n)
	huge := strings.Repeat("9", max(20, maxBytes-6*n-100))
	add("nested list", n, "{paymentLinksSummary(filter:{ids:"+opened+`"a"`+closed+"}){count}}")
	add("nested list of an overflowing number", n, "query($v:"+opened+"Int"+closed+"="+opened+huge+closed+"){paymentLinksConnection(first:$v){totalCount}}")
	add("nested objects", n, "{paymentLinksSummary(filter:"+strings.Repeat("{amount:", n)+"1"+strings.Repeat("}", n)+"){count}}")
	add("wide list", n, "{paymentLinksSummary(filter:{ids:["+strings.Repeat(`"a" `, n)+"]}){count}}")
	add("wide object", n, "{paymentLinksSummary(filter:{"+numbered(n, "a%d:1 ")+"}){count}}")
	add("one key repeated in an object", n, "{paymentLinksSummary(filter:{"+strings.Repeat("search:1 ", n)+"}){count}}")
	add("representations", n, "{_entities(representations:["+strings.Repeat(`{__typename:"PaymentLink" id:"1"} `, n)+"]){__typename}}")
	add("arguments repeated", n, "{paymentLink("+strings.Repeat(`id:"1" `, n)+"){id}}")
	add("unknown arguments", n, "{paymentLink("+numbered(n, "a%d:1 ")+"){id}}")
	add("variables", n, "query("+numbered(n, "$v%d:ID ")+"){paymentLinksSummary(filter:{ids:["+numbered(n, "$v%d ")+"]}){count}}")
	add("one variable repeated", n, "query("+strings.Repeat("$v:ID ", n)+"){paymentLinksSummary(filter:{ids:["+strings.Repeat("$v ", n)+"]}){count}}")
	add("undefined variables", n, "{paymentLinksSummary(filter:{ids:["+numbered(n, "$v%d ")+"]}){count}}")
	add("variable of a long type", n, "query($v:"+strings.Repeat("[", min(n, 10))+filler(600*9)+strings.Repeat("]", min(n, 10))+"){"+strings.Repeat("paymentLink(id:$v){id}", min(n, 100))+"}")
	add("variable of a deep type", n, "query($v:"+opened+"ID"+closed+"){paymentLink(id:$v){id}}")
	add("directives", n, "{__typename "+strings.Repeat("@include(if:true)", n)+"}")
	add("unknown directives", n, "{__typename "+numbered(n, "@d%d ")+"}")
	add("directives on the operation", n, "query "+strings.Repeat("@skip(if:true)", n)+"{__typename}")
	add("directives on variables", n, "query($v:ID "+strings.Repeat("@skip(if:true)", n)+"){paymentLink(id:$v){id}}")
}

func lexicalAttacks(n int, add func(string, int, string)) {
	add("comments", n, strings.Repeat("#\n", n)+"{__typename}")
	add("long comments", n, strings.Repeat("#"+strings.Repeat("é", 100)+"\n", min(n, 150))+"{__typename}")
	add("commas", n, strings.Repeat(",", n)+"{__typename}")
	add("line breaks", n, strings.Repeat("\r\n", n)+"{__typename}")
	add("byte order marks", n, strings.Repeat("\ufeff", n)+"{__typename}")
	add("long name", n, "{"+strings.Repeat("x", 3*n)+"}")
	add("long type name", n, "{...on "+strings.Repeat("x", 3*n)+"{id}}")
	add("long string", n, `{paymentLink(id:"`+strings.Repeat("x", 3*n)+`"){id}}`)
	add("escaped string", n, `{paymentLink(id:"`+strings.Repeat(`\u00e9`, n)+`"){id}}`)
	add("unterminated string", n, `{paymentLink(id:"`+strings.Repeat("x", 3*n))
	add("block string", n, `{paymentLink(id:"""`+strings.Repeat("\n  x", n)+`"""){id}}`)
	add("block string of quotes", n, `{paymentLink(id:"""`+strings.Repeat(`\"""`, n)+`"""){id}}`)
	add("block string of single quotes", n, `{paymentLink(id:"""`+strings.Repeat(`""a`, n)+`"""){id}}`)
	add("descriptions", n, strings.Repeat(`"""x"""`, n)+"{__typename}")
	add("punctuation", n, strings.Repeat("{", n))
	add("brackets", n, "{a(a:"+strings.Repeat("[", n))
	add("NUL bytes", n, strings.Repeat("\x00", n))
	add("broken UTF-8", n, `{paymentLink(id:"`+strings.Repeat("\xff\xc0", n)+`"){id}}`)
	add("numbers", n, "{paymentLinks(status:"+strings.Repeat("9", n)+"."+strings.Repeat("9", n)+"e"+strings.Repeat("9", n)+"){id}}")
}
