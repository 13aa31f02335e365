package billpocket

import "paymentlinks/internal/paymentlink"

// record fills r from the values of one element, but for Upstream; false when
// the element lacks an id or a URL. Everything else may be missing or of a
// wrong type, and is then none.
func (d decoder) record(r *paymentlink.Record, body []byte, fields *fieldSpans, c *currencies) bool {
	value := func(f field) []byte {
		at := fields[f]
		return body[at.start:at.end:at.end]
	}
	if r.ID = opaque(value(fieldID)); r.ID == "" {
		return false
	}
	r.Slug, r.Code = text(value(fieldMainLink)), text(value(fieldSecondaryLink))
	if r.URL = payURL(text(value(fieldPath)), text(value(fieldDomain)), r.Slug, r.Code); r.URL == "" {
		return false
	}
	r.Description = text(value(fieldDescription))
	r.Amount = amount(value(fieldAmount))
	r.Currency = c.read(value(fieldCurrency))
	r.StatusCode = code(value(fieldStatus))
	r.LinkType = code(value(fieldLinkType))
	r.FixedTerm = boolean(value(fieldFixedTerm))
	r.UserID = opaque(value(fieldUserID))
	r.PurchaseID = opaque(value(fieldPurchaseID))
	r.CreatedAt, _ = timestamp(value(fieldCreatedAt), d.location)
	r.UpdatedAt, _ = timestamp(value(fieldUpdatedAt), d.location)
	expires, readable := timestamp(value(fieldExpiredAt), d.location)
	r.ExpiresAt, r.UnreadableExpiry = expires, !readable
	r.AvailableRates = raw(value(fieldAvailableRates))
	r.ExtraInfo = raw(value(fieldExtraInfo))
	return true
}

// raw returns a value as it is, nil when its key is missing.
func raw(value []byte) []byte {
	if len(value) == 0 {
		return nil
	}
	return value
}
