package paymentlink_test

import (
	"fmt"
	"time"

	"paymentlinks/internal/money"
	"paymentlinks/internal/paymentlink"
)

func Example() {
	price, err := money.ParseDecimal("30.5")
	if err != nil {
		panic(err)
	}
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	set := paymentlink.NewSet([]paymentlink.Record{
		{
			ID: "1", URL: "https://pay.billpocket.com/mylink/ll33q0rh", Code: "ll33q0rh", Description: "Mesa 4 (LL33Q0RH)",
			StatusCode: paymentlink.Some[int32](1), Amount: paymentlink.Some(price), Currency: "MXN",
			CreatedAt: now.Add(-time.Hour), ExpiresAt: now.Add(time.Hour),
		},
		{
			ID: "2", URL: "https://test.pay.billpocket.com/mylink/ll33pe5x", Code: "ll33pe5x",
			StatusCode: paymentlink.Some[int32](1), Amount: paymentlink.Some(price), Currency: "MXN",
			CreatedAt: now, ExpiresAt: now,
		},
	}, []string{"pay.billpocket.com"})

	active := set.Select(paymentlink.Filter{Status: []paymentlink.Status{paymentlink.StatusActive}}, now)
	for link := range active.OrderBy(paymentlink.CreatedAtDesc, now).All() {
		fmt.Println(link.Title(), link.State(now), link.Environment())
	}
	mxn := active.Summary(now).ByCurrency[0]
	fmt.Println(mxn.Total.Value(), mxn.OpenTotal.Value(), mxn.Currency)
	// Output:
	// ll33pe5x EXPIRED TEST
	// Mesa 4 OPEN LIVE
	// 61.00 30.50 MXN
}
