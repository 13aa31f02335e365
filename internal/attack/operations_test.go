//go:build linux

package attack_test

import (
	"strings"
	"testing"
	"time"
)

// What one request of a few KB may take, whatever it asks for.
const (
	maxCPU  = 400 * time.Millisecond
	maxPeak = 96 << 20
)

// titles is the longest message whose text is the link's title over and over.
func titles() string { return `share(message: "` + strings.Repeat("{title}", 71) + `")` }

// TestSmallRequests: a request of at most 5 KB costs little, whatever list it is
// asked of. Its answer may be links or a refusal.
func TestSmallRequests(t *testing.T) {
	const maxDocument = 5_000
	traced := []string{"Apollo-Federation-Include-Trace", "ftv1"}
	representations := `{"r": [` + strings.Repeat(`{"__typename":"PaymentLink","id":"i1"},`, 1199) + `{"__typename":"PaymentLink","id":"i1"}]}`
	for name, attack := range map[string]struct {
		list                func() []byte
		document, variables string
		header              []string
	}{
		"messages of 71 titles":          {plain, `{paymentLinks{` + aliases(9, titles()+`{__typename}`) + `}}`, "", nil},
		"messages of long titles":        {wordy, `{paymentLinks{` + aliases(9, titles()+`{text whatsapp email sms}`) + `}}`, "", nil},
		"messages of one entity":         {wordy, `query($r:[_Any!]!){_entities(representations:$r){...on PaymentLink{` + aliases(8, titles()+`{__typename}`) + `}}}`, representations, nil},
		"a wrong message":                {plain, `{paymentLinks{` + aliases(10, `share(message:""){__typename}`) + `}}`, "", nil},
		"searches of text that unfolds":  {ligatures, `{` + aliases(30, `paymentLinksConnection(first:0,filter:{search:"zz"}){totalCount}`) + `}`, "", nil},
		"bitmaps of QR codes":            {plain, `{paymentLinksConnection(first:250){nodes{qrCode(format:PNG,size:1024){dataUri}}}}`, "", nil},
		"pictures of long URLs":          {longURLs, `{paymentLinksConnection(first:250){nodes{qrCode(errorCorrection:LOW){dataUri}}}}`, "", nil},
		"QR codes of long URLs":          {longURLs, `{paymentLinksConnection(first:250){nodes{qrCode{modules}}}}`, "", nil},
		"matrices of QR codes":           {longURLs, `{paymentLinksConnection(first:250){nodes{` + aliases(6, `qrCode(errorCorrection:LOW){matrix}`) + `}}}`, "", nil},
		"upstream's JSON":                {wordy, `{paymentLinks{` + aliases(30, `upstream`) + `}}`, "", nil},
		"upstream's JSON in parts":       {wordy, `{paymentLinks{share{__typename} ` + aliases(29, `upstream`) + `}}`, "", nil},
		"upstream's JSON, on pages":      {wordy, `{` + aliases(15, `paymentLinksConnection(first:250){edges{cursor node{upstream}}}`) + `}`, "", nil},
		"locales":                        {plain, `{paymentLinks{amount{` + aliases(30, `formatted(locale:"de-1901-u-co-phonebk-t-sl-u-nu-latn-a-foo-b-bar-c-baz")`) + `}}}`, "", nil},
		"titles of brackets":             {brackets, `{paymentLinks{` + aliases(29, `title`) + `}}`, "", nil},
		"totals of 17,576 currencies":    {allCurrencies, `{` + aliases(29, `paymentLinksSummary{byCurrency{total{formatted}}}`) + `}`, "", nil},
		"summaries of changing filters":  {allCurrencies, `{` + aliases(29, `paymentLinksSummary(filter:{expiresWithin:"P1D"}){byCurrency{currency}}`) + `}`, "", nil},
		"a traced list":                  {plain, `{paymentLinks{id title url amount{value}}}`, "", traced},
		"a traced list of refused codes": {longURLs, `{paymentLinks{` + aliases(10, `qrCode(size:64,format:PNG){dataUri}`) + `}}`, "", traced},
		"traced introspection":           {plain, `{` + aliases(4, `__schema{types{name fields{name args{name type{name ofType{name}}} type{name ofType{name ofType{name}}}}}}`) + `}`, "", traced},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if len(attack.document) > maxDocument {
				t.Fatalf("the document is of %d bytes", len(attack.document))
			}
			p := start(t)
			p.give(t, attack.list())
			p.cost(t, func() { t.Log(p.ask(t, merchant, attack.document, attack.variables, attack.header...)) }).within(t, maxCPU, maxPeak)
		})
	}
}

// TestRepeatedErrors: what is wrong once is told once, or a few times.
func TestRepeatedErrors(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.give(t, plain())
	for _, document := range []string{
		`{paymentLinks{` + aliases(10, `share(message:""){text}`) + `}}`,
		`{paymentLinks{` + aliases(10, `qrCode(size:1){modules}`) + `}}`,
		`{paymentLinks{qrCode(size:64,format:PNG,errorCorrection:HIGH){modules}}}`,
	} {
		if a := p.ask(t, merchant, document, ""); strings.Count(string(a.body), `"message"`) > 150 {
			t.Errorf("%s: %d errors in %v", document, strings.Count(string(a.body), `"message"`), a)
		}
	}
}

// TestLargeVariables: a megabyte of variables costs little, and nothing more for
// being used again. Nobody has to say who is asking.
func TestLargeVariables(t *testing.T) {
	const bytes = 1_000_000
	filters := func(of string) string {
		return `query($l:[` + of + `!]){` + aliases(30, `paymentLinksConnection(first:0,filter:{`+map[string]string{
			"PaymentLinkStatus": "status", "ID": "ids", "CurrencyCodeAlpha": "currency", "PaymentLinkState": "state",
		}[of]+`:$l}){totalCount}`) + `}`
	}
	many := func(value string) string {
		return `{"l":[` + strings.Repeat(value+",", bytes/(len(value)+1)-1) + value + `]}`
	}
	for name, attack := range map[string]struct{ document, variables string }{
		"statuses":               {filters("PaymentLinkStatus"), many(`"ACTIVE"`)},
		"ids":                    {filters("ID"), many(`"i"`)},
		"numbers as ids":         {filters("ID"), many(`1`)},
		"currencies":             {filters("CurrencyCodeAlpha"), many(`"mxn"`)},
		"fewer currencies":       {filters("CurrencyCodeAlpha"), `{"l":[` + strings.Repeat(`"mxn",`, 50_000) + `"mxn"]}`},
		"representations":        {`query($l:[_Any!]!){` + aliases(20, `_entities(representations:$l){__typename}`) + `}`, many(`{"":0}`)},
		"fewer representations":  {`query($l:[_Any!]!){` + aliases(20, `_entities(representations:$l){__typename}`) + `}`, `{"l":[` + strings.Repeat(`{"":0},`, 25_000) + `{}]}`},
		"objects that none uses": {`{__typename}`, many(`{"":0}`)},
		"nested lists":           {`{__typename}`, many(`[[[[[[[[[]]]]]]]]]`)},
		"one text":               {`query($l:String){__typename @skip(if:true)}`, `{"l":"` + strings.Repeat("x", bytes) + `"}`},
		"one number":             {`query($l:ID!){` + aliases(30, `paymentLink(id:$l){id}`) + `}`, `{"l":` + strings.Repeat("9", bytes) + `}`},
		"a filter by search":     {`query($l:String){` + aliases(30, `paymentLinksConnection(filter:{search:$l}){totalCount}`) + `}`, `{"l":"` + strings.Repeat("x ", bytes/2) + `"}`},
		"a code":                 {`query($l:String!){` + aliases(30, `paymentLinkByCode(code:$l){id}`) + `}`, `{"l":"` + strings.Repeat("https://pay ", bytes/12) + `"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := start(t)
			p.cost(t, func() {
				a, err := p.try(t.Context(), body(attack.document, attack.variables))
				if err != nil {
					t.Fatal(err)
				}
				t.Log(a)
			}).within(t, maxCPU, maxPeak)
		})
	}
}
