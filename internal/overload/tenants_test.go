package overload_test

import (
	"errors"
	"testing"
	"time"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/overload"
	"paymentlinks/internal/tenant"
)

func key(n byte) tenant.Key { return tenant.Key{n} }

func everybody(tenant.Key) bool { return true }

// TestRateOfATenant: a second's worth at once, then one for each that is paid;
// the refusal says when, and costs nothing.
func TestRateOfATenant(t *testing.T) {
	now := time.Date(2026, 2, 3, 12, 0, 0, 0, time.UTC)
	tenants := overload.NewTenants(overload.TenantLimits{Rate: 10}, everybody, func() time.Time { return now })
	for i := range 10 {
		if _, err := tenants.Enter(key(1)); err != nil {
			t.Fatalf("request %d: %v", i, err)
		}
	}
	for range 3 {
		_, err := tenants.Enter(key(1))
		refused, ok := errors.AsType[*fault.Error](err)
		if !ok || refused.Kind != fault.RateLimited || refused.RetryAfter != 100*time.Millisecond {
			t.Fatalf("beyond the rate: %v, want RATE_LIMITED for 100ms", err)
		}
	}
	if _, err := tenants.Enter(key(2)); err != nil {
		t.Errorf("another tenant: %v", err)
	}
	now = now.Add(100 * time.Millisecond)
	if _, err := tenants.Enter(key(1)); err != nil {
		t.Errorf("after 100ms: %v", err)
	}
	if _, err := tenants.Enter(key(1)); fault.KindOf(err) != fault.RateLimited {
		t.Errorf("twice after 100ms: %v, want RATE_LIMITED", err)
	}
	now = now.Add(time.Hour)
	for i := range 11 {
		if _, err := tenants.Enter(key(1)); (err != nil) != (i == 10) {
			t.Errorf("request %d after an hour: %v; a second's worth is kept", i, err)
		}
	}
}

func TestRequestsInFlightOfATenant(t *testing.T) {
	tenants := overload.NewTenants(overload.TenantLimits{InFlight: 2}, everybody, nil)
	leave, err := tenants.Enter(key(1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tenants.Enter(key(1)); err != nil {
		t.Fatal(err)
	}
	_, err = tenants.Enter(key(1))
	if refused, ok := errors.AsType[*fault.Error](err); !ok || refused.Kind != fault.Overloaded || refused.RetryAfter <= 0 {
		t.Errorf("a third: %v, want OVERLOADED with a time", err)
	}
	if _, err := tenants.Enter(key(2)); err != nil {
		t.Errorf("another tenant: %v", err)
	}
	leave()
	if _, err := tenants.Enter(key(1)); err != nil {
		t.Errorf("after one has left: %v", err)
	}
}

// TestStrangersShareOneTenantsBounds until they have a list.
func TestStrangersShareOneTenantsBounds(t *testing.T) {
	known := map[tenant.Key]bool{key(1): true}
	tenants := overload.NewTenants(overload.TenantLimits{InFlight: 2}, func(k tenant.Key) bool { return known[k] }, nil)
	for i := range byte(10) {
		if _, err := tenants.Enter(key(100 + i)); (err != nil) != (i >= 2) {
			t.Errorf("stranger %d: %v", i, err)
		}
	}
	known[key(150)] = true
	for _, k := range []byte{1, 150} {
		if _, err := tenants.Enter(key(k)); err != nil {
			t.Errorf("a tenant with a list: %v", err)
		}
	}
}

// TestTenantsAreForgotten: more tenants than fit at a time come and go, and those
// that are still bounded are not forgotten.
func TestTenantsAreForgotten(t *testing.T) {
	tenants := overload.NewTenants(overload.TenantLimits{InFlight: 1}, everybody, nil)
	if _, err := tenants.Enter(key(255)); err != nil {
		t.Fatal(err)
	}
	for i := range 5000 {
		leave, err := tenants.Enter(tenant.Key{0, byte(i), byte(i >> 8)})
		if err != nil {
			t.Fatal(err)
		}
		leave()
	}
	if n := tenants.Count(); n > 1001 {
		t.Errorf("%d tenants are remembered", n)
	}
	if _, err := tenants.Enter(key(255)); err == nil {
		t.Error("the bounds of one were forgotten with the others")
	}
}

func TestNoTenantsBoundNobody(t *testing.T) {
	var none *overload.Tenants
	leave, err := none.Enter(key(1))
	if err != nil || none.HasRate() {
		t.Error(err)
	}
	leave()
}
