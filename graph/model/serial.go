package model

import (
	"math"

	"paymentlinks/graph/fastlist"
)

// What follows writes the views of lists without gqlgen, to the same bytes. A
// field of the schema that is missing here is no fault: its lists go through
// gqlgen. TestSerialFieldsOfTheSchema names those that do so on purpose.

// SerialPaymentLink writes PaymentLink. Drawing codes and composing messages can
// fail, field by field: qrCode and share are gqlgen's.
func SerialPaymentLink() fastlist.Object[*PaymentLink] {
	return fastlist.Object[*PaymentLink]{Name: "PaymentLink", Abstract: []string{"_Entity"}, Field: serialLinkField}
}

// SerialEdge writes PaymentLinkEdge.
func SerialEdge() fastlist.Object[*Edge] {
	return fastlist.Object[*Edge]{Name: "PaymentLinkEdge", Field: serialEdgeField}
}

func serialAmount() fastlist.Object[Amount] {
	return fastlist.Object[Amount]{Name: "PaymentLinkAmount", Field: serialAmountField}
}

func serialLinkField(field fastlist.Field) fastlist.Value[*PaymentLink] {
	switch field.Name {
	case "id":
		return func(dst []byte, p *PaymentLink) []byte { return fastlist.AppendString(dst, p.link.ID()) }
	case "url":
		return func(dst []byte, p *PaymentLink) []byte { return fastlist.AppendString(dst, p.link.URL()) }
	case "code":
		return func(dst []byte, p *PaymentLink) []byte { return fastlist.AppendString(dst, p.link.Code()) }
	case "slug":
		return func(dst []byte, p *PaymentLink) []byte { return fastlist.AppendText(dst, p.link.Slug()) }
	case "title":
		return func(dst []byte, p *PaymentLink) []byte { return fastlist.AppendString(dst, p.link.Title()) }
	case "description":
		return func(dst []byte, p *PaymentLink) []byte { return fastlist.AppendText(dst, p.link.Description()) }
	case "amount":
		return fastlist.Nested(field, serialAmount(), func(p *PaymentLink) (Amount, bool) {
			amount, ok := p.link.Amount()
			return Amount{amount: amount}, ok
		})
	case "currency":
		return func(dst []byte, p *PaymentLink) []byte { return fastlist.AppendText(dst, string(p.link.Currency())) }
	case "status":
		return func(dst []byte, p *PaymentLink) []byte { return fastlist.AppendString(dst, p.Status().String()) }
	case "state":
		return func(dst []byte, p *PaymentLink) []byte { return fastlist.AppendString(dst, p.State().String()) }
	case "isExpired":
		return func(dst []byte, p *PaymentLink) []byte { return fastlist.AppendBool(dst, p.IsExpired(), true) }
	case "environment":
		return func(dst []byte, p *PaymentLink) []byte { return fastlist.AppendString(dst, p.Environment().String()) }
	case "expiresAt", "expiresIn", "createdAt", "updatedAt":
		return serialTimeField(field)
	}
	return serialUpstreamField(field.Name)
}

func serialTimeField(field fastlist.Field) fastlist.Value[*PaymentLink] {
	switch field.Name {
	case "expiresAt":
		return func(dst []byte, p *PaymentLink) []byte {
			at, ok := p.link.ExpiresAt()
			return fastlist.AppendTime(dst, at, ok)
		}
	case "createdAt":
		return func(dst []byte, p *PaymentLink) []byte {
			at, ok := p.link.CreatedAt()
			return fastlist.AppendTime(dst, at, ok)
		}
	case "updatedAt":
		return func(dst []byte, p *PaymentLink) []byte {
			at, ok := p.link.UpdatedAt()
			return fastlist.AppendTime(dst, at, ok)
		}
	case "expiresIn":
		unit, err := UnmarshalTimeUnit(field.Arguments()["unit"])
		if err != nil {
			return nil // gqlgen words the refusal
		}
		return func(dst []byte, p *PaymentLink) []byte {
			left, ok := p.link.UnitsLeft(p.moment.now, unit.Length())
			return fastlist.AppendInt(dst, int32(min(left, math.MaxInt32)), ok)
		}
	}
	return nil
}

// serialUpstreamField writes what is handed on as upstream sent it.
func serialUpstreamField(name string) fastlist.Value[*PaymentLink] {
	switch name {
	case "isFixedTerm":
		return func(dst []byte, p *PaymentLink) []byte {
			is, ok := p.link.FixedTerm()
			return fastlist.AppendBool(dst, is, ok)
		}
	case "userId":
		return func(dst []byte, p *PaymentLink) []byte { return fastlist.AppendText(dst, p.link.UserID()) }
	case "purchaseId":
		return func(dst []byte, p *PaymentLink) []byte { return fastlist.AppendText(dst, p.link.PurchaseID()) }
	case "statusCode":
		return func(dst []byte, p *PaymentLink) []byte {
			code, ok := p.link.StatusCode()
			return fastlist.AppendInt(dst, code, ok)
		}
	case "linkType":
		return func(dst []byte, p *PaymentLink) []byte {
			code, ok := p.link.LinkType()
			return fastlist.AppendInt(dst, code, ok)
		}
	case "availableRates":
		return func(dst []byte, p *PaymentLink) []byte { return fastlist.AppendRaw(dst, p.link.AvailableRates()) }
	case "extraInfo":
		return func(dst []byte, p *PaymentLink) []byte { return fastlist.AppendRaw(dst, p.link.ExtraInfo()) }
	case "upstream":
		return func(dst []byte, p *PaymentLink) []byte {
			raw := p.link.Upstream()
			if raw == nil {
				return nil // an error of this element: gqlgen's to say
			}
			return fastlist.AppendRaw(dst, raw)
		}
	}
	return nil
}

func serialAmountField(field fastlist.Field) fastlist.Value[Amount] {
	switch field.Name {
	case "value":
		// Digits, a point and a sign need no escapes.
		return func(dst []byte, a Amount) []byte { return append(a.amount.AppendValue(append(dst, '"')), '"') }
	case "currency":
		return func(dst []byte, a Amount) []byte { return fastlist.AppendString(dst, string(a.amount.Currency())) }
	case "minorUnits":
		return func(dst []byte, a Amount) []byte {
			units, ok := a.amount.MinorUnits()
			if !ok {
				return fastlist.AppendNull(dst)
			}
			return fastlist.AppendString(dst, units)
		}
	case "formatted":
		locale, err := UnmarshalString(field.Arguments()["locale"])
		if err != nil {
			return nil // gqlgen words the refusal
		}
		return func(dst []byte, a Amount) []byte { return fastlist.AppendString(dst, a.amount.Format(locale)) }
	}
	return nil
}

func serialEdgeField(field fastlist.Field) fastlist.Value[*Edge] {
	switch field.Name {
	case "cursor":
		return func(dst []byte, e *Edge) []byte { return fastlist.AppendString(dst, e.Cursor()) }
	case "node":
		return fastlist.Nested(field, SerialPaymentLink(), func(e *Edge) (*PaymentLink, bool) { return &e.node, true })
	}
	return nil
}
