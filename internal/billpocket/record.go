package billpocket

import "paymentlinks/internal/paymentlink"

// record fills r from the values of one element, but for Upstream; false when
// the element lacks an id or a URL. Everything else may be missing or of a
// wrong type, and is then none.
func (d decoder) record(r *paymentlink.Record, body []byte, fields *fieldSpans, t *texts) bool {
	t.reset()
	value := func(f field) []byte {
		at := fields[f]
		return body[at.start:at.end:at.end]
	}
	if r.ID = t.opaque(value(fieldID)); r.ID == "" {
		return false
	}
	r.Slug, r.Code = t.text(value(fieldMainLink)), t.text(value(fieldSecondaryLink))
	if r.URL = payURL(t.text(value(fieldPath)), t.text(value(fieldDomain)), r.Slug, r.Code); r.URL == "" {
		return false
	}
	r.Description = t.text(value(fieldDescription))
	r.Amount = t.amount(value(fieldAmount))
	r.Currency = t.currency(value(fieldCurrency))
	r.StatusCode = t.code(value(fieldStatus))
	r.LinkType = t.code(value(fieldLinkType))
	r.FixedTerm = boolean(value(fieldFixedTerm))
	r.UserID = t.opaque(value(fieldUserID))
	r.PurchaseID = t.opaque(value(fieldPurchaseID))
	r.CreatedAt, _ = t.timestamp(value(fieldCreatedAt), d.location)
	r.UpdatedAt, _ = t.timestamp(value(fieldUpdatedAt), d.location)
	expires, readable := t.timestamp(value(fieldExpiredAt), d.location)
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
