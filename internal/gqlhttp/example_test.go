package gqlhttp_test

import (
	"fmt"
	"net/http/httptest"

	"github.com/99designs/gqlgen/graphql"

	"paymentlinks/internal/gqlhttp"
)

func Example() {
	handler, err := gqlhttp.New(gqlhttp.Config{
		Executor: fixedExecutor{&graphql.Response{Data: []byte(`{"hello":"world"}`)}}, // gqlgen's, over a schema
		Callers:  headerCallers{},
		Guard:    noGuard{},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, query(`{ hello }`, "Accept", "application/graphql-response+json"))
	fmt.Println(w.Code, w.Header().Get("Content-Type"))
	fmt.Println(w.Body)
	// Output:
	// 200 application/graphql-response+json; charset=utf-8
	// {"data":{"hello":"world"}}
}
