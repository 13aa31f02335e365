package model

import (
	"errors"

	"paymentlinks/graph/cost"
	"paymentlinks/graph/fastlist"
	"paymentlinks/internal/money"
	"paymentlinks/internal/paymentlink"
)

// What follows writes the views of links without gqlgen, to the same bytes. A
// test demands that every field of the schema's types is written here.

// SerialPaymentLink writes PaymentLink.
func SerialPaymentLink() fastlist.Object[*PaymentLink] {
	return fastlist.Object[*PaymentLink]{Name: "PaymentLink", Abstract: []string{"_Entity"}, Field: serialLinkField}
}

// SerialEdge writes PaymentLinkEdge.
func SerialEdge() fastlist.Object[*Edge] {
	return fastlist.Object[*Edge]{Name: "PaymentLinkEdge", Field: serialEdgeField}
}

// SerialCurrencySummary writes PaymentLinkCurrencySummary.
func SerialCurrencySummary() fastlist.Object[*CurrencySummary] {
	return fastlist.Object[*CurrencySummary]{Name: "PaymentLinkCurrencySummary", Field: serialCurrencyField}
}

func serialLinkField(field *fastlist.Field) fastlist.Value[*PaymentLink] {
	switch field.Name {
	case "id":
		return func(w *fastlist.Writer, p *PaymentLink) { w.String(p.link.ID()) }
	case "url":
		return func(w *fastlist.Writer, p *PaymentLink) { w.String(p.link.URL()) }
	case "code":
		return func(w *fastlist.Writer, p *PaymentLink) { w.String(p.link.Code()) }
	case "slug":
		return func(w *fastlist.Writer, p *PaymentLink) { w.Text(p.link.Slug()) }
	case "title":
		return func(w *fastlist.Writer, p *PaymentLink) { w.String(p.link.Title()) }
	case "description":
		return func(w *fastlist.Writer, p *PaymentLink) { w.Text(p.link.Description()) }
	case "amount":
		return fastlist.Nested(field, serialAmount(), func(_ *fastlist.Writer, p *PaymentLink) (Amount, bool) {
			amount, ok := p.link.Amount()
			return Amount{amount: amount}, ok
		})
	case "currency":
		return func(w *fastlist.Writer, p *PaymentLink) { w.Text(string(p.link.Currency())) }
	case "status":
		return func(w *fastlist.Writer, p *PaymentLink) { w.String(p.Status().String()) }
	case "state":
		return func(w *fastlist.Writer, p *PaymentLink) { w.String(p.State().String()) }
	case "environment":
		return func(w *fastlist.Writer, p *PaymentLink) { w.String(p.Environment().String()) }
	case "isExpired", "expiresAt", "expiresIn", "createdAt", "updatedAt":
		return serialTimeField(field)
	case "qrCode":
		return serialQRCode(field)
	case "share":
		return serialShare(field)
	}
	return serialUpstreamField(field.Name)
}

func serialTimeField(field *fastlist.Field) fastlist.Value[*PaymentLink] {
	switch field.Name {
	case "isExpired":
		return func(w *fastlist.Writer, p *PaymentLink) {
			expired, ok := p.link.IsExpired(p.moment.now)
			w.Bool(expired, ok)
		}
	case "expiresAt":
		return func(w *fastlist.Writer, p *PaymentLink) {
			at, ok := p.link.ExpiresAt()
			w.Time(at, ok)
		}
	case "createdAt":
		return func(w *fastlist.Writer, p *PaymentLink) {
			at, ok := p.link.CreatedAt()
			w.Time(at, ok)
		}
	case "updatedAt":
		return func(w *fastlist.Writer, p *PaymentLink) {
			at, ok := p.link.UpdatedAt()
			w.Time(at, ok)
		}
	case "expiresIn":
		unit := argument(field, "unit", UnmarshalTimeUnit)
		return func(w *fastlist.Writer, p *PaymentLink) {
			left, ok := p.unitsLeft(unit)
			w.Int(left, ok)
		}
	}
	return nil
}

// serialUpstreamField writes what is handed on as upstream sent it.
func serialUpstreamField(name string) fastlist.Value[*PaymentLink] {
	switch name {
	case "isFixedTerm":
		return func(w *fastlist.Writer, p *PaymentLink) {
			is, ok := p.link.FixedTerm()
			w.Bool(is, ok)
		}
	case "userId":
		return func(w *fastlist.Writer, p *PaymentLink) { w.Text(p.link.UserID()) }
	case "purchaseId":
		return func(w *fastlist.Writer, p *PaymentLink) { w.Text(p.link.PurchaseID()) }
	case "statusCode":
		return func(w *fastlist.Writer, p *PaymentLink) {
			code, ok := p.link.StatusCode()
			w.Int(code, ok)
		}
	case "linkType":
		return func(w *fastlist.Writer, p *PaymentLink) {
			code, ok := p.link.LinkType()
			w.Int(code, ok)
		}
	case "availableRates":
		return func(w *fastlist.Writer, p *PaymentLink) { w.Raw(p.link.AvailableRates()) }
	case "extraInfo":
		return func(w *fastlist.Writer, p *PaymentLink) { w.Raw(p.link.ExtraInfo()) }
	case "upstream":
		return func(w *fastlist.Writer, p *PaymentLink) { w.Raw(p.link.Upstream()) }
	}
	return nil
}

func serialAmount() fastlist.Object[Amount] {
	return fastlist.Object[Amount]{Name: "PaymentLinkAmount", Field: serialAmountField}
}

func serialAmountField(field *fastlist.Field) fastlist.Value[Amount] {
	switch field.Name {
	case "value":
		// Digits, a point and a sign need no escapes.
		return func(w *fastlist.Writer, a Amount) {
			w.Append(func(dst []byte) []byte { return append(a.amount.AppendValue(append(dst, '"')), '"') })
		}
	case "currency":
		return func(w *fastlist.Writer, a Amount) { w.String(string(a.amount.Currency())) }
	case "minorUnits":
		return func(w *fastlist.Writer, a Amount) {
			units, _ := a.amount.MinorUnits()
			w.Text(units)
		}
	case "formatted":
		locale := money.ParseLocale(argument(field, "locale", UnmarshalString))
		return func(w *fastlist.Writer, a Amount) {
			if err := cost.FromContext(w.Context()).Charge(cost.Text, formattedBytes); err != nil {
				w.Stop(err)
				return
			}
			w.String(a.amount.FormatIn(locale))
		}
	}
	return nil
}

func serialEdgeField(field *fastlist.Field) fastlist.Value[*Edge] {
	switch field.Name {
	case "cursor":
		return func(w *fastlist.Writer, e *Edge) { w.String(e.Cursor()) }
	case "node":
		return fastlist.Nested(field, SerialPaymentLink(), func(_ *fastlist.Writer, e *Edge) (*PaymentLink, bool) { return &e.node, true })
	}
	return nil
}

func serialCurrencyField(field *fastlist.Field) fastlist.Value[*CurrencySummary] {
	switch field.Name {
	case "currency":
		return func(w *fastlist.Writer, c *CurrencySummary) { w.String(string(c.Currency())) }
	case "count":
		return func(w *fastlist.Writer, c *CurrencySummary) { w.Int(c.Count(), true) }
	case "total":
		return fastlist.Nested(field, serialAmount(), func(_ *fastlist.Writer, c *CurrencySummary) (Amount, bool) { return c.Total(), true })
	case "openTotal":
		return fastlist.Nested(field, serialAmount(), func(_ *fastlist.Writer, c *CurrencySummary) (Amount, bool) { return c.OpenTotal(), true })
	case "amountCount":
		return func(w *fastlist.Writer, c *CurrencySummary) { w.Int(c.AmountCount(), true) }
	case "min":
		return serialOptionalAmount(field, (*paymentlink.CurrencySummary).Min)
	case "max":
		return serialOptionalAmount(field, (*paymentlink.CurrencySummary).Max)
	case "average":
		return serialOptionalAmount(field, (*paymentlink.CurrencySummary).Average)
	}
	return nil
}

func serialOptionalAmount(
	field *fastlist.Field, read func(*paymentlink.CurrencySummary) (money.Amount, bool),
) fastlist.Value[*CurrencySummary] {
	return fastlist.Nested(field, serialAmount(), func(_ *fastlist.Writer, c *CurrencySummary) (Amount, bool) {
		amount, ok := read(c.summary)
		return Amount{amount: amount}, ok
	})
}

// argument reads an argument with the reader of its type. A value that the
// reader refuses refuses the field.
func argument[A any](field *fastlist.Field, name string, read func(any) (A, error)) A {
	value, err := read(field.Argument(name))
	if err != nil {
		if refused, ok := errors.AsType[*InputError](err); ok && refused.Argument == "" {
			err = &InputError{Argument: name, Reason: refused.Reason}
		}
		field.Refuse(err)
	}
	return value
}
