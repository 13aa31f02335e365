package billpocket_test

import (
	"context"
	"fmt"
	"net/http/httptest"

	"paymentlinks/internal/billpocket"
	"paymentlinks/internal/sandbox"
	"paymentlinks/internal/tenant"
)

func ExampleClient_List() {
	upstream := httptest.NewServer(sandbox.New(sandbox.Config{}))
	defer upstream.Close()

	client, err := billpocket.New(billpocket.Config{Settings: billpocket.Settings{BaseURL: upstream.URL}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	credentials, err := tenant.NewCredentials(sandbox.SeedToken, sandbox.APIKey)
	if err != nil {
		fmt.Println(err)
		return
	}
	snapshot, err := client.List(context.Background(), tenant.Tenant{Credentials: credentials}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for link := range snapshot.Set.All().All() {
		amount, _ := link.Amount()
		fmt.Println(link.Code(), amount.Value(), link.Status())
	}
	// Output:
	// ll33q0rh 30.00 ACTIVE
	// ll33pe5x 50.00 ACTIVE
	// ll33n4mz 100.00 ACTIVE
	// ll33kth5 100.00 ACTIVE
	// ll32lx7n 100.00 INACTIVE
}
