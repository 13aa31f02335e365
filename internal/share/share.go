// Package share writes the message with which a payment link is passed on, and
// the addresses that open it in common messengers. It sends nothing.
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

// ErrMessage is returned for a text that is empty, longer than MaxMessageRunes
// or holds control characters.
var ErrMessage = errors.New("message is empty, too long or holds control characters")

// Link is what a message says of a payment link.
type Link struct {
	Title, URL string
	// Amount is nil for a link without one.
	Amount *money.Amount
}

// Message is a finished text and the addresses that open it.
type Message struct {
	// Text has the URL in it.
	Text string
	// WhatsApp is an https address.
	WhatsApp string
	// Email is a mailto: address with subject and body.
	Email string
	// SMS is an sms: address.
	SMS string
}

// Compose writes the message. In the text, {title}, {amount} and {url} stand
// for the link's own; a link without an amount leaves {amount} empty; the URL
// follows a text that does not place it. A nil text is the default one of the locale.
//
// The locale is a BCP 47 language tag. For the default text one that is not
// known falls back to its language, then to es-MX; the amount is written as
// that text's language does, and in a text of the caller's own as the locale does.
//
// The error is ErrMessage.
func Compose(link Link, text *string, locale string) (Message, error) {
	words := wordsFor(locale)
	template := words.withAmount
	switch {
	case text != nil:
		if !isFit(*text) {
			return Message{}, ErrMessage
		}
		template = *text
	case link.Amount == nil:
		template = words.withoutAmount
	}
	if text == nil && !words.known {
		locale = "es-MX"
	}
	if !strings.Contains(template, "{url}") {
		template += " {url}"
	}

	var amount string
	if link.Amount != nil {
		amount = link.Amount.Format(locale)
	}
	title := oneLine(link.Title)
	// One pass: what a title says about {url} stays as the merchant wrote it.
	finished := strings.NewReplacer("{title}", title, "{amount}", amount, "{url}", link.URL).Replace(template)
	return Message{
		Text:     finished,
		WhatsApp: "https://wa.me/?text=" + escape(finished),
		Email:    "mailto:?subject=" + escape(words.subject+title) + "&body=" + escape(finished),
		// The empty first parameter is for iOS, which reads the body behind an ampersand alone.
		SMS: "sms:?&body=" + escape(finished),
	}, nil
}

// words are the default texts of one language.
type words struct {
	known                              bool
	subject, withAmount, withoutAmount string
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
			withAmount: "Here is the link to pay {amount} for {title}: {url}", withoutAmount: "Here is the link to pay for {title}: {url}",
		}
	}
	return words{
		known: named && base.String() == "es", subject: "Pago: ",
		withAmount: "Esta es la liga para pagar {amount} por {title}: {url}", withoutAmount: "Esta es la liga para pagar {title}: {url}",
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
