package money_test

import (
	"fmt"

	"paymentlinks/internal/money"
)

func Example() {
	value, err := money.ParseDecimal("30.5000")
	if err != nil {
		fmt.Println(err)
		return
	}
	amount := money.NewAmount(value, "MXN")
	minorUnits, _ := amount.MinorUnits()
	fmt.Println(amount.Value(), minorUnits, amount.Format("es-MX"), amount.Format("en-US"))
	// Output: 30.50 3050 $30.50 MX$30.50
}
