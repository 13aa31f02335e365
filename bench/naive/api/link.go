package api

// Link is one payment link, read with encoding/json.
type Link struct {
	ID             string  `json:"id"`
	URL            string  `json:"custom_link_path"`
	Code           string  `json:"secondary_link"`
	Slug           *string `json:"main_link"`
	Currency       *string `json:"currency"`
	StatusCode     *int    `json:"status"`
	LinkType       *int    `json:"link_type"`
	IsFixedTerm    *bool   `json:"is_fixed_term"`
	AvailableRates any     `json:"available_rates"`
	ExtraInfo      any     `json:"extra_info"`
	PurchaseID     *string `json:"purchase_id"`
}
