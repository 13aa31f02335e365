package billpocket

import (
	"net/url"
	"strings"

	"paymentlinks/internal/paymentlink"
)

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
	r.CreatedAt = timestamp(value(fieldCreatedAt), d.location)
	r.UpdatedAt = timestamp(value(fieldUpdatedAt), d.location)
	r.ExpiresAt = timestamp(value(fieldExpiredAt), d.location)
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

// payURL returns the URL to pay at: the path if it is an absolute http or
// https URL, else domain, slug and code if they make one, else "".
func payURL(path, domain, slug, code string) string {
	if isAbsoluteURL(path) {
		return path
	}
	if domain == "" || slug == "" || code == "" {
		return ""
	}
	if made := strings.TrimRight(domain, "/") + "/" + slug + "/" + code; isAbsoluteURL(made) {
		return made
	}
	return ""
}

// isAbsoluteURL reports whether s is an absolute http or https URL. What
// upstream really sends is told without the work of url.Parse.
func isAbsoluteURL(s string) bool {
	if rest, ok := strings.CutPrefix(s, "https://"); ok && isPlain(rest) {
		return true
	}
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != ""
}

// isPlain reports whether s is a host name and a path of letters, digits and
// the marks that mean nothing but themselves. False says nothing.
func isPlain(s string) bool {
	host := len(s)
	for i := range len(s) {
		switch c := s[i] | 0x20; { // lower case; "-", "." and digits stay themselves
		case 'a' <= c && c <= 'z', isDigit(s[i]), s[i] == '-', s[i] == '.':
		case s[i] == '/':
			host = min(host, i)
		case s[i] == '_' && host < i:
		default:
			return false
		}
	}
	return host > 0
}
