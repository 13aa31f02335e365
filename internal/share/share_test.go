package share_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/internal/money"
	"paymentlinks/internal/share"
)

func link(t *testing.T, title, amount string) share.Link {
	t.Helper()
	l := share.Link{Title: title, URL: "https://pay.billpocket.com/mylink/ll33q0rh"}
	if amount != "" {
		value, err := money.ParseDecimal(amount)
		if err != nil {
			t.Fatal(err)
		}
		asked := money.NewAmount(value, "MXN")
		l.Amount = &asked
	}
	return l
}

// compose fills one link into a template.
func compose(l share.Link, text *string, locale string) (share.Message, error) {
	template, err := share.NewTemplate(text, locale)
	if err != nil {
		return share.Message{}, err
	}
	return template.Compose(l)
}

func TestText(t *testing.T) {
	const at = "https://pay.billpocket.com/mylink/ll33q0rh"
	tests := map[string]struct {
		title, amount string
		message       *string
		locale, want  string
	}{
		"Spanish":                   {"Café", "30", nil, "es-MX", "Esta es la liga para pagar $30.00 por Café: " + at},
		"Spanish without an amount": {"Café", "", nil, "es-MX", "Esta es la liga para pagar Café: " + at},
		"English":                   {"Coffee", "30", nil, "en-US", "Here is the link to pay MX$30.00 for Coffee: " + at},
		"English without an amount": {"Coffee", "", nil, "en", "Here is the link to pay for Coffee: " + at},
		"English by its language":   {"Coffee", "", nil, "en-ZZ", "Here is the link to pay for Coffee: " + at},
		"English of no region":      {"Coffee", "30", nil, "en-YY", "Here is the link to pay MX$30.00 for Coffee: " + at},
		"no tag behind English":     {"Café", "30", nil, "en-zzzzzzzzzz", "Esta es la liga para pagar $30.00 por Café: " + at},
		"not known":                 {"Café", "1000.5", nil, "de-DE", "Esta es la liga para pagar $1,000.50 por Café: " + at},
		"no tag":                    {"Café", "30", nil, "\r\n%", "Esta es la liga para pagar $30.00 por Café: " + at},
		"empty tag":                 {"Café", "30", nil, "", "Esta es la liga para pagar $30.00 por Café: " + at},
		"own text":                  {"Café", "30", new("Pay {title}, {amount}, at {url}, please"), "es-MX", "Pay Café, $30.00, at " + at + ", please"},
		"own text without the URL":  {"Café", "30", new("¡Gracias!"), "es-MX", "¡Gracias! " + at},
		"own text, no amount":       {"Café", "", new("{amount}{title}"), "es-MX", "Café " + at},
		"own text, German amount":   {"Café", "1000.5", new("{amount}"), "de-DE", "1.000,50\u00a0MX$ " + at},
		"one pass":                  {"{url}{amount}", "30", new("{title}"), "es-MX", "{url}{amount} " + at},
		"a title of several lines":  {"a\r\nb\x00", "", new("{title}"), "es-MX", "a  b  " + at},
		"the longest":               {"Café", "", new(strings.Repeat("ñ", 500)), "es-MX", strings.Repeat("ñ", 500) + " " + at},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := compose(link(t, test.title, test.amount), test.message, test.locale)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got.Text()); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}

// What an address holds is the text again, whatever characters it is made of,
// and nothing of it acts as a part of the address.
func TestAddressesAreEscaped(t *testing.T) {
	titles := []string{
		"Café", "a&body=b", "a?b#c", "100% + tax", "x\r\nBcc: all@example.com", `"><script>`, "日本 🎉", "a=b;c,d", "'quoted'",
	}
	for _, title := range titles {
		got, err := compose(link(t, title, "30"), nil, "es-MX")
		if err != nil {
			t.Fatal(err)
		}
		for _, address := range []string{got.WhatsApp(), got.Email(), got.SMS()} {
			if strings.ContainsAny(address, " +\"<>#\r\n'") {
				t.Errorf("title %q: a raw character in %s", title, address)
			}
			parsed, err := url.Parse(address)
			if err != nil {
				t.Fatalf("title %q: %v", title, err)
			}
			query, err := url.ParseQuery(parsed.RawQuery)
			if err != nil {
				t.Fatalf("title %q: %v", title, err)
			}
			text := query.Get("body")
			if parsed.Scheme == "https" {
				text = query.Get("text")
			}
			if text != got.Text() {
				t.Errorf("title %q: %s: holds %q, want %q", title, parsed.Scheme, text, got.Text())
			}
			if parsed.Scheme == "mailto" && strings.ContainsAny(query.Get("subject"), "\r\n") {
				t.Errorf("title %q: the subject %q has more than one line", title, query.Get("subject"))
			}
		}
		if !strings.HasPrefix(got.WhatsApp(), "https://wa.me/?text=") || !strings.HasPrefix(got.Email(), "mailto:?subject=Pago%3A%20") || !strings.HasPrefix(got.SMS(), "sms:?&body=") {
			t.Errorf("addresses: %s %s %s", got.WhatsApp(), got.Email(), got.SMS())
		}
	}
}

func TestRefusedMessages(t *testing.T) {
	for name, message := range map[string]string{
		"empty":            "",
		"too long":         strings.Repeat("ñ", 501),
		"line break":       "a\nb",
		"null":             "a\x00",
		"C1 control":       "a\u0085b",
		"header injection": "a\r\nBcc: all@example.com",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := compose(link(t, "Café", "30"), &message, "es-MX")
			if !errors.Is(err, share.ErrMessage) {
				t.Errorf("error %v, want ErrMessage", err)
			}
		})
	}
}

// A title may stand in a message many times, and be as long as upstream makes it.
func TestFinishedTextsAreBounded(t *testing.T) {
	twice := new("{title}{title}")
	fits := strings.Repeat("x", (share.MaxTextBytes-len(" "+link(t, "", "").URL))/2)
	if got, err := compose(link(t, fits, ""), twice, "en"); err != nil || len(got.Text()) > share.MaxTextBytes {
		t.Errorf("%d bytes, error %v; want at most %d", len(got.Text()), err, share.MaxTextBytes)
	}
	for name, title := range map[string]string{"a byte more": fits + "x", "much more": strings.Repeat("x", 1<<20)} {
		if _, err := compose(link(t, title, ""), twice, "en"); !errors.Is(err, share.ErrTooLong) {
			t.Errorf("%s: error %v, want ErrTooLong", name, err)
		}
	}
	// The subject holds the title whether or not the text does.
	if _, err := compose(link(t, strings.Repeat("x", share.MaxTextBytes+1), ""), new("hello"), "en"); !errors.Is(err, share.ErrTooLong) {
		t.Errorf("a subject too long: error %v, want ErrTooLong", err)
	}
}

func FuzzCompose(f *testing.F) {
	f.Add("Café", "Hola {title}", "es-MX")
	f.Add("{url}", "{url}{amount}", "en-US")
	f.Add("a&b", "x\ny", "\xff")
	f.Fuzz(func(t *testing.T, title, message, locale string) {
		got, err := compose(link(t, title, "30"), &message, locale)
		if err != nil {
			if !errors.Is(err, share.ErrMessage) && !errors.Is(err, share.ErrTooLong) {
				t.Errorf("error %v, want ErrMessage or ErrTooLong", err)
			}
			return
		}
		if !strings.Contains(got.Text(), "https://pay.billpocket.com/mylink/ll33q0rh") {
			t.Errorf("the text %q lacks the URL", got.Text())
		}
		for _, address := range []string{got.WhatsApp(), got.Email(), got.SMS()} {
			if strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r > '~' }) {
				t.Errorf("raw characters in %q", address)
			}
		}
	})
}

// A locale may be as long as a request, and every link of a list is asked for
// its message: an overlong one is not known, and not parsed.
func TestOverlongLocaleIsNotParsed(t *testing.T) {
	for _, unparsed := range []string{"es-" + strings.Repeat("abcde-", 10_000), "en-x" + strings.Repeat("-private", 8)} {
		coffee := link(t, "Coffee", "30")
		want, err := compose(coffee, nil, "es-MX")
		if err != nil {
			t.Fatal(err)
		}
		got, err := compose(coffee, nil, unparsed)
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(share.Message{})); diff != "" || err != nil {
			t.Errorf("error %v, -default +overlong:\n%s", err, diff)
		}
	}
}
