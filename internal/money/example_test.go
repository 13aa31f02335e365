package money_test

import (
	"fmt"
	"strings"

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

func ExampleAmount_Format() {
	value, err := money.ParseDecimal("-1234567.5")
	if err != nil {
		fmt.Println(err)
		return
	}
	amount := money.NewAmount(value, "MXN")
	for _, locale := range []string{"es-MX", "en-US", "es-CL", "es-GT", "no locale"} {
		fmt.Printf("%s: %s\n", locale, strings.ReplaceAll(amount.Format(locale), "\u00a0", " "))
	}
	// Output:
	// es-MX: -$1,234,567.50
	// en-US: -MX$1,234,567.50
	// es-CL: MXN-1.234.567,50
	// es-GT: -MXN 1,234,567.50
	// no locale: -$1,234,567.50
}

func ExampleSum() {
	var total money.Sum
	for _, s := range []string{"0.1", "0.2", "9999999999999999999"} {
		value, err := money.ParseDecimal(s)
		if err != nil {
			fmt.Println(err)
			return
		}
		total.Add(value)
	}
	fmt.Println(total.Amount("USD").Value())
	// Output: 9999999999999999999.30
}
