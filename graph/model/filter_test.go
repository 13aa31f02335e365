package model_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"paymentlinks/graph/model"
	"paymentlinks/internal/money"
	"paymentlinks/internal/paymentlink"
)

func TestFilterSelect(t *testing.T) {
	amount, err := money.ParseDecimal("1.5")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2023, 8, 9, 0, 0, 0, 0, time.UTC)
	within := time.Hour
	tests := map[string]struct {
		filter *model.Filter
		want   paymentlink.Filter
	}{
		"none":       {nil, paymentlink.Filter{}},
		"empty":      {&model.Filter{}, paymentlink.Filter{}},
		"empty list": {&model.Filter{IDs: []string{}}, paymentlink.Filter{IDs: []string{}}},
		"open ranges": {
			&model.Filter{CreatedAt: &model.TimeRange{}, Amount: &paymentlink.AmountRange{}},
			paymentlink.Filter{},
		},
		"the year 1": {
			&model.Filter{CreatedAt: &model.TimeRange{To: new(time.Time{})}},
			paymentlink.Filter{CreatedAt: paymentlink.TimeRange{To: time.Time{}.Add(1)}},
		},
		"everything": {
			&model.Filter{
				IDs: []string{"a"}, Status: []paymentlink.Status{paymentlink.StatusActive}, State: paymentlink.States(),
				Currency: []money.Currency{"MXN"}, Amount: &paymentlink.AmountRange{From: &amount},
				CreatedAt: &model.TimeRange{From: &at}, UpdatedAt: &model.TimeRange{To: &at}, ExpiresAt: &model.TimeRange{From: &at, To: &at},
				ExpiresWithin: &within, Search: new("café"), HasExpiry: new(false), Not: &model.Filter{Not: &model.Filter{Slug: []string{"a"}}},
				Environment: []paymentlink.Environment{paymentlink.EnvironmentTest},
				Slug:        []string{"b"}, UserID: []string{"c"}, PurchaseID: []string{"d"}, StatusCode: []int32{5}, LinkType: []int32{6},
			},
			paymentlink.Filter{
				IDs: []string{"a"}, Status: []paymentlink.Status{paymentlink.StatusActive}, State: paymentlink.States(),
				Currency: []money.Currency{"MXN"}, Amount: paymentlink.AmountRange{From: &amount},
				CreatedAt: paymentlink.TimeRange{From: at}, UpdatedAt: paymentlink.TimeRange{To: at},
				ExpiresAt: paymentlink.TimeRange{From: at, To: at}, ExpiresWithin: &within, Search: "café",
				HasExpiry: new(false), Not: &paymentlink.Filter{Not: &paymentlink.Filter{Slug: []string{"a"}}},
				Environment: []paymentlink.Environment{paymentlink.EnvironmentTest},
				Slug:        []string{"b"}, UserID: []string{"c"}, PurchaseID: []string{"d"}, StatusCode: []int32{5}, LinkType: []int32{6},
			},
		},
		"as many ids as may be": {
			&model.Filter{IDs: slices.Repeat([]string{"x"}, 250)}, paymentlink.Filter{IDs: slices.Repeat([]string{"x"}, 250)},
		},
		"as long a search for a URL as may be": {
			&model.Filter{Search: new("/" + strings.Repeat("é", 2047))}, paymentlink.Filter{Search: "/" + strings.Repeat("é", 2047)},
		},
		"as long a search as may be": {
			&model.Filter{Search: new(strings.Repeat("é", 100))}, paymentlink.Filter{Search: strings.Repeat("é", 100)},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := test.filter.Select()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got, cmp.Comparer(func(a, b money.Decimal) bool { return a == b })); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestFilterBounds(t *testing.T) {
	tests := map[string]*model.Filter{
		"filter.ids":        {IDs: slices.Repeat([]string{"x"}, 251)},
		"filter.not.search": {Not: &model.Filter{Search: new("/" + strings.Repeat("é", 2048))}},
		"filter.slug":       {Slug: slices.Repeat([]string{"x"}, 251)},
		"filter.userId":     {UserID: slices.Repeat([]string{"x"}, 251)},
		"filter.purchaseId": {PurchaseID: slices.Repeat([]string{"x"}, 251)},
		"filter.statusCode": {StatusCode: slices.Repeat([]int32{1}, 251)},
		"filter.linkType":   {LinkType: slices.Repeat([]int32{1}, 251)},
		"filter.not.slug":   {Not: &model.Filter{Slug: slices.Repeat([]string{"x"}, 251)}},
		"filter.search":     {Search: new(strings.Repeat("é", 101))},
	}
	for argument, filter := range tests {
		_, err := filter.Select()
		if refused, ok := errors.AsType[*model.InputError](err); !ok || refused.Argument != argument {
			t.Errorf("got %v, want an InputError of %s", err, argument)
		}
	}
}
