package model

import "paymentlinks/graph/fastlist"

// SerialChange writes PaymentLinkChange.
func SerialChange() fastlist.Object[*Change] {
	return fastlist.Object[*Change]{
		Name: "PaymentLinkChange",
		Field: func(field *fastlist.Field) fastlist.Value[*Change] {
			switch field.Name {
			case "kind":
				return func(w *fastlist.Writer, c *Change) { w.String(c.Kind().String()) }
			case "id":
				return func(w *fastlist.Writer, c *Change) { w.String(c.ID()) }
			case "link":
				return fastlist.Nested(field, SerialPaymentLink(), func(_ *fastlist.Writer, c *Change) (*PaymentLink, bool) {
					link := c.Link()
					return link, link != nil
				})
			}
			return nil
		},
	}
}
