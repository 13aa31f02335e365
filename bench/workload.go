package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// workload is one question to all peers.
type workload struct {
	name, what string
	// links is the length of upstream's list.
	links int
	// fields are asked of each link.
	fields []string
	// currency filters the list; empty asks for all of it.
	currency string
	// connections that ask at once, each for one answer after the other.
	connections int
	// fresh is how long a list may be kept; 0 is not at all.
	fresh time.Duration
	// delay is what upstream takes.
	delay time.Duration
	// kind is how requests differ from each other or arrive.
	kind kind
	// noFloor tells that ready bytes are not a fair comparison.
	noFloor bool
}

type kind int

const (
	// same is the same request again and again.
	same kind = iota
	// proxied has another request id, client and trace in each request.
	proxied
	// segmented sends head and body apart.
	segmented
	// distinct has another text in each request.
	distinct
)

var allFields = []string{
	"id", "url", "code", "slug", "currency", "statusCode", "linkType", "isFixedTerm", "availableRates", "extraInfo", "purchaseId",
}

const freshFor = 15 * time.Second

var workloads = []workload{
	{name: "W1", what: "5 links, 11 fields", links: 5, fields: allFields, connections: 64, fresh: freshFor},
	{name: "W1p", what: "W1 as a proxy sends it: a new request id, client and trace in each request", links: 5, fields: allFields, connections: 64, fresh: freshFor, kind: proxied},
	{name: "W1s", what: "W1 with head and body in two segments", links: 5, fields: allFields, connections: 64, fresh: freshFor, kind: segmented},
	{name: "W1c", what: "W1 over 5,000 connections", links: 5, fields: allFields, connections: 5000, fresh: freshFor},
	{name: "W2", what: "200 links, 7 fields", links: 200, fields: allFields[:7], connections: 64, fresh: freshFor},
	{name: "W3", what: "10,000 links, filtered to 100, 3 fields", links: 10_000, fields: allFields[:3], currency: "USD", connections: 64, fresh: freshFor},
	{name: "W4", what: "W2, upstream takes 20 ms and no list is kept", links: 200, fields: allFields[:7], connections: 64, delay: 20 * time.Millisecond, noFloor: true},
	{name: "W5", what: "5 links, every query text is new", links: 5, fields: allFields[:3], connections: 64, fresh: freshFor, kind: distinct, noFloor: true},
}

// upstreamNames are upstream's names of the fields that have another in the schema.
var upstreamNames = map[string]string{
	"url": "custom_link_path", "code": "secondary_link", "slug": "main_link", "statusCode": "status", "linkType": "link_type",
	"isFixedTerm": "is_fixed_term", "availableRates": "available_rates", "extraInfo": "extra_info", "purchaseId": "purchase_id",
}

// link is the i-th of upstream's list. One in a hundred is in USD.
func (w workload) link(i int) map[string]any {
	currency := "MXN"
	if i%100 == 99 {
		currency = "USD"
	}
	code := fmt.Sprintf("bn%06d", i)
	return map[string]any{
		"user_id": 61529, "id": fmt.Sprintf("6152%032d", i), "available_rates": []any{}, "link_type": 2,
		"custom_link_path": "https://test.pay.billpocket.com/bench/" + code, "secondary_link": code, "is_fixed_term": false,
		"extra_info": nil, "purchase_id": nil, "status": 1, "amount": 10 + i%5000,
		"created_at": "2023-08-09T02:18:48", "updated_at": "2023-08-09T02:18:48",
		"description": fmt.Sprintf("Order %d (%s)", i, strings.ToUpper(code)),
		"main_link":   "bench", "currency": currency, "expired_at": nil, "domain": "https://test.pay.billpocket.com",
	}
}

// list is what upstream answers.
func (w workload) list() []byte {
	links := make([]map[string]any, w.links)
	for i := range links {
		links[i] = w.link(i)
	}
	body, err := json.Marshal(links)
	if err != nil {
		panic(err) // the values are plain
	}
	return body
}

// answer is the right answer.
func (w workload) answer() map[string]any {
	items := []any{}
	for i := range w.links {
		from := w.link(i)
		if w.currency != "" && from["currency"] != w.currency {
			continue
		}
		item := map[string]any{}
		for _, field := range w.fields {
			name, renamed := upstreamNames[field]
			if !renamed {
				name = field
			}
			item[field] = from[name]
		}
		items = append(items, item)
	}
	return map[string]any{"data": map[string]any{"paymentLinks": items}}
}

// counter stands for a number that is new in each request, wherever a template
// has it.
const counter = "0000000000"

// template is a whole request. Wherever counter stands in it, a number is
// written before it is sent.
type template struct {
	bytes    []byte
	counters []int // where they begin
	headEnd  int   // where the body begins
}

// request is the workload's request to a peer. With upstreamFields the peer
// calls the fields as upstream does, and aliases give the same answer.
func (w workload) request(address string, upstreamFields bool) template {
	fields := make([]string, len(w.fields))
	for i, field := range w.fields {
		fields[i] = field
		if name, renamed := upstreamNames[field]; renamed && upstreamFields {
			fields[i] = field + ": " + name
		}
	}
	arguments := ""
	if w.currency != "" {
		arguments = fmt.Sprintf("(currency: %q)", w.currency)
	}
	name := "Links"
	if w.kind == distinct {
		name += counter
	}
	query := fmt.Sprintf("query %s { paymentLinks%s { %s } }", name, arguments, strings.Join(fields, " "))
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		panic(err) // a string has a JSON form
	}
	head := "POST /graphql HTTP/1.1\r\nHost: " + address + "\r\nContent-Type: application/json\r\nAccept: application/json\r\n" +
		"BP-User-Token: bench-merchant\r\nX-Api-Key: bench-key\r\n"
	if w.kind == proxied {
		head += "X-Request-Id: bench-" + counter + "\r\nX-Forwarded-For: client-" + counter + "\r\n" +
			"Traceparent: 00-4bf92f3577b34da6a3ce92" + counter + "-00f067" + counter + "-00\r\n"
	}
	head += fmt.Sprintf("Content-Length: %d\r\n\r\n", len(body))
	t := template{bytes: append([]byte(head), body...), headEnd: len(head)}
	for from := 0; ; {
		i := bytes.Index(t.bytes[from:], []byte(counter))
		if i < 0 {
			return t
		}
		t.counters = append(t.counters, from+i)
		from += i + len(counter)
	}
}

// number writes n into the template.
func (t template) number(n uint64) {
	for _, at := range t.counters {
		rest := n
		for i := at + len(counter) - 1; i >= at; i-- {
			t.bytes[i] = byte('0' + rest%10)
			rest /= 10
		}
	}
}
