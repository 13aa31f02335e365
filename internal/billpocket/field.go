package billpocket

// field is a key of an element that we know.
type field uint8

const (
	fieldNone field = iota // any other key
	fieldID
	fieldUserID
	fieldMainLink
	fieldSecondaryLink
	fieldDomain
	fieldPath
	fieldDescription
	fieldAmount
	fieldCurrency
	fieldStatus
	fieldLinkType
	fieldFixedTerm
	fieldAvailableRates
	fieldExtraInfo
	fieldPurchaseID
	fieldCreatedAt
	fieldUpdatedAt
	fieldExpiredAt
	fieldCount
)

// fieldSpans are the values of one element; the zero span is a missing key.
type fieldSpans [fieldCount]span

// fieldOf returns the field of a key, given as JSON with its quotes. Case
// matters, unlike in encoding/json's structs.
func fieldOf(quoted []byte) field {
	// The conversion of a []byte in a switch does not allocate.
	switch string(quoted[1 : len(quoted)-1]) {
	case "id":
		return fieldID
	case "user_id":
		return fieldUserID
	case "main_link":
		return fieldMainLink
	case "secondary_link":
		return fieldSecondaryLink
	case "domain":
		return fieldDomain
	case "custom_link_path":
		return fieldPath
	case "description":
		return fieldDescription
	case "amount":
		return fieldAmount
	case "currency":
		return fieldCurrency
	case "status":
		return fieldStatus
	case "link_type":
		return fieldLinkType
	case "is_fixed_term":
		return fieldFixedTerm
	case "available_rates":
		return fieldAvailableRates
	case "extra_info":
		return fieldExtraInfo
	case "purchase_id":
		return fieldPurchaseID
	case "created_at":
		return fieldCreatedAt
	case "updated_at":
		return fieldUpdatedAt
	case "expired_at":
		return fieldExpiredAt
	}
	return fieldOfEscaped(quoted)
}

// fieldOfEscaped reads a key that is written with escapes. JSON allows it.
func fieldOfEscaped(quoted []byte) field {
	var t texts
	key := t.unquote(quoted)
	if len(key) == len(quoted)-2 { // nothing was escaped: a key that we do not know
		return fieldNone
	}
	return fieldOf([]byte(`"` + key + `"`))
}
