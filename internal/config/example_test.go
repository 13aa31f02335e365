package config_test

import (
	"fmt"
	"os"

	"paymentlinks/internal/config"
)

func ExampleParse() {
	environ := []string{"PAYMENTLINKS_MAX_DEPTH=20", "PAYMENTLINKS_API_KEY=hunter2", "PAYMENTLINKS_MAX_DEPHT=20"}
	command, c, err := config.Parse([]string{"--fresh-for", "30s"}, environ, os.Stdout, os.Stderr)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(command, c.Snapshots.FreshFor, c.Document.Depth)
	fmt.Print(c)
	fmt.Println(c.Warnings[0].Setting, "- did you mean", c.Warnings[0].Nearest)
	// Output:
	// serve 30s 20
	// PAYMENTLINKS_FRESH_FOR=30s
	// PAYMENTLINKS_API_KEY=[redacted]
	// PAYMENTLINKS_MAX_DEPTH=20
	// PAYMENTLINKS_MAX_DEPHT - did you mean PAYMENTLINKS_MAX_DEPTH
}

func ExampleParse_contradiction() {
	_, _, err := config.Parse(nil, []string{"PAYMENTLINKS_PRODUCTION=true"}, os.Stdout, os.Stderr)
	fmt.Println(err)
	// Output: PAYMENTLINKS_PRODUCTION (--production) needs PAYMENTLINKS_UPSTREAM_URL: the sandbox is not for production
}
