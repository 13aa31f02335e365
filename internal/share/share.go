package share

import (
	"errors"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"

	"paymentlinks/internal/money"
)

// MaxMessageRunes bounds a message of the caller's own.
const MaxMessageRunes = 500

// MaxTextBytes bounds a finished text: a title may stand in it many times.
const MaxTextBytes = 4 << 10

// ErrMessage is returned for a text that is empty, longer than MaxMessageRunes
// or holds control characters.
var ErrMessage = errors.New("message is empty, too long or holds control characters")

// ErrTooLong is returned for a link that would make the text longer than
// MaxTextBytes.
var ErrTooLong = errors.New("the finished text is too long")

// Link is what a message says of a payment link.
type Link struct {
	Title, URL string
	// Amount is nil for a link without one.
	Amount *money.Amount
}

// Message is a finished text. The addresses that open it are made when they
// are asked for. It is immutable and safe for concurrent use.
type Message struct {
	text, subject string
}

// Text has the URL in it. It has at most MaxTextBytes.
func (m Message) Text() string { return m.text }

// WhatsApp is an https address.
func (m Message) WhatsApp() string { return "https://wa.me/?text=" + escape(m.text) }

// Email is a mailto: address with subject and body.
func (m Message) Email() string {
	return "mailto:?subject=" + escape(m.subject) + "&body=" + escape(m.text)
}

// SMS is an sms: address. The empty first parameter is for iOS, which reads the
// body behind an ampersand alone.
func (m Message) SMS() string { return "sms:?&body=" + escape(m.text) }

// Template is a text into which links are filled. It is read once for many
// links. It is immutable and safe for concurrent use.
type Template struct {
	own    []part // of the caller's text; nil for the default one
	words  words
	locale money.Locale
}

// NewTemplate reads a message. In the text, {title}, {amount} and {url} stand
// for the link's own; a link without an amount leaves {amount} empty; the URL
// follows a text that does not place it. A nil text is the default one of the locale.
//
// The locale is a BCP 47 language tag. For the default text one that is not
// known falls back to its language, then to es-MX; the amount is written as
// that text's language does, and in a text of the caller's own as the locale does.
//
// The error is ErrMessage.
func NewTemplate(text *string, locale string) (*Template, error) {
	t := &Template{words: wordsFor(locale)}
	if text != nil {
		if !isFit(*text) {
			return nil, ErrMessage
		}
		t.own = parse(*text)
	} else if !t.words.known {
		locale = "es-MX"
	}
	t.locale = money.ParseLocale(locale)
	return t, nil
}

// Compose fills a link in. The error is ErrTooLong.
func (t *Template) Compose(link Link) (Message, error) {
	parts := t.own
	switch {
	case parts != nil:
	case link.Amount != nil:
		parts = t.words.withAmount
	default:
		parts = t.words.withoutAmount
	}
	var amount string
	if link.Amount != nil {
		amount = link.Amount.FormatIn(t.locale)
	}
	if len(link.Title) > 2*MaxTextBytes { // oneLine makes it half as long at most
		return Message{}, ErrTooLong
	}
	title := oneLine(link.Title)
	size := 0
	for _, p := range parts {
		size += len(p.of(title, amount, link.URL))
	}
	if size > MaxTextBytes || len(title) > MaxTextBytes {
		return Message{}, ErrTooLong
	}
	// One pass: what a title says about {url} stays as the merchant wrote it.
	var text strings.Builder
	text.Grow(size)
	for _, p := range parts {
		text.WriteString(p.of(title, amount, link.URL))
	}
	return Message{text: text.String(), subject: t.words.subject + title}, nil
}

// words are the default texts of one language.
type words struct {
	known                     bool
	subject                   string
	withAmount, withoutAmount []part
}

// maxLocaleBytes bounds what is parsed as a language tag, as package money
// does: parsing is dear, and done for every link.
const maxLocaleBytes = 64

func wordsFor(locale string) words {
	if len(locale) > maxLocaleBytes {
		locale = "" // not known
	}
	tag, err := language.Parse(locale)
	// Of a broken tag package money reads nothing: its amounts would be those of es-MX.
	_, isTag := errors.AsType[language.ValueError](err)
	isTag = isTag || err == nil
	base, confidence := tag.Base()
	// Below Exact the language was guessed: from an empty tag or a region alone.
	named := isTag && confidence == language.Exact
	if named && base.String() == "en" {
		return words{
			known: true, subject: "Payment: ",
			withAmount: parse("Here is the link to pay {amount} for {title}: {url}"), withoutAmount: parse("Here is the link to pay for {title}: {url}"),
		}
	}
	return words{
		known: named && base.String() == "es", subject: "Pago: ",
		withAmount: parse("Esta es la liga para pagar {amount} por {title}: {url}"), withoutAmount: parse("Esta es la liga para pagar {title}: {url}"),
	}
}

func isFit(text string) bool {
	return text != "" && utf8.RuneCountInString(text) <= MaxMessageRunes && !strings.ContainsFunc(text, unicode.IsControl)
}

// oneLine makes a title of upstream's fit for a subject and a sentence.
func oneLine(title string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, title)
}

// escape percent-encodes everything that RFC 3986 does not leave unreserved.
// Spaces become %20: mailto: and sms: know no plus sign for them (RFC 6068, 5).
func escape(text string) string {
	return strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}
