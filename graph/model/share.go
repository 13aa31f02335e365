package model

import (
	"context"
	"errors"
	"fmt"

	"paymentlinks/graph/cost"
	"paymentlinks/graph/fastlist"
	"paymentlinks/internal/fault"
	"paymentlinks/internal/share"
)

const (
	// composedBytes is what composing a message costs beside its title, in the
	// time that it takes to write so many bytes.
	composedBytes = 512
	// formattedBytes is what formatting an amount costs, likewise.
	formattedBytes = 320
)

// Share writes the message that passes the link on. Its errors are an
// *InputError, and a fault once the operation has composed as much as it may.
func (p PaymentLink) Share(ctx context.Context, message *string, locale string) (*Share, error) {
	template, err := newTemplate(message, locale)
	if err != nil {
		return nil, err
	}
	shared, err := p.compose(cost.FromContext(ctx), template)
	return &shared, err
}

// newTemplate reads the arguments of a message. Its error is an *InputError.
func newTemplate(message *string, locale string) (*share.Template, error) {
	template, err := share.NewTemplate(message, locale)
	if errors.Is(err, share.ErrMessage) {
		return nil, &InputError{
			Argument: "message",
			Reason:   fmt.Sprintf("must have 1 to %d characters, none of them a control character", share.MaxMessageRunes),
		}
	}
	return template, err
}

func (p PaymentLink) compose(budget *cost.Budget, template *share.Template) (Share, error) {
	link := share.Link{Title: p.link.Title(), URL: p.link.URL()}
	if err := budget.Charge(cost.Text, composedBytes+len(link.Title)); err != nil {
		return Share{}, err
	}
	if amount, ok := p.link.Amount(); ok {
		link.Amount = &amount
	}
	message, err := template.Compose(link)
	if errors.Is(err, share.ErrTooLong) {
		return Share{}, &InputError{
			Argument: "message", Reason: fmt.Sprintf("makes a text of more than %d bytes of this link", share.MaxTextBytes),
		}
	}
	return Share{message: message, budget: budget}, err
}

// Share is a finished message. The addresses that open it are made when they
// are asked for.
type Share struct {
	message share.Message
	budget  *cost.Budget
}

// Text is the finished text.
func (s Share) Text() string { return s.message.Text() }

// Whatsapp is an https address.
func (s Share) Whatsapp() (string, error) { return s.address(share.Message.WhatsApp) }

// Email is a mailto: address.
func (s Share) Email() (string, error) { return s.address(share.Message.Email) }

// Sms is an sms: address.
func (s Share) Sms() (string, error) { return s.address(share.Message.SMS) }

// address makes an address. The error is a fault once the operation has
// composed as much as it may.
func (s Share) address(of func(share.Message) string) (string, error) {
	if err := s.budget.Charge(cost.Text, len(s.message.Text())); err != nil {
		return "", err
	}
	return of(s.message), nil
}

func serialShare(field *fastlist.Field) fastlist.Value[*PaymentLink] {
	locale := argument(field, "locale", UnmarshalString)
	var message *string
	if given := field.Argument("message"); given != nil {
		text, err := UnmarshalString(given)
		if err != nil {
			field.Refuse(&InputError{Argument: "message", Reason: "must be a string"})
		}
		message = &text
	}
	template, err := newTemplate(message, locale)
	if err != nil {
		field.Refuse(err)
	}
	return fastlist.Nested(field, serialShareObject(), func(w *fastlist.Writer, p *PaymentLink) (Share, bool) {
		shared, err := p.compose(cost.FromContext(w.Context()), template)
		if err != nil {
			failOrStop(w, err)
		}
		return shared, true
	})
}

func serialShareObject() fastlist.Object[Share] {
	return fastlist.Object[Share]{Name: "PaymentLinkShare", Field: func(field *fastlist.Field) fastlist.Value[Share] {
		switch field.Name {
		case "text":
			return func(w *fastlist.Writer, s Share) { w.String(s.Text()) }
		case "whatsapp":
			return serialAddress(Share.Whatsapp)
		case "email":
			return serialAddress(Share.Email)
		case "sms":
			return serialAddress(Share.Sms)
		}
		return nil
	}}
}

func serialAddress(of func(Share) (string, error)) fastlist.Value[Share] {
	return func(w *fastlist.Writer, s Share) {
		address, err := of(s)
		if err != nil {
			failOrStop(w, err)
			return
		}
		w.String(address)
	}
}

// failOrStop makes the field null, or ends the list once the Budget is spent:
// what costs no more is not tried again for every element.
func failOrStop(w *fastlist.Writer, err error) {
	if fault.KindOf(err) == fault.LimitExceeded {
		w.Stop(err)
		return
	}
	w.Fail(err)
}
