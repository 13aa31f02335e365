package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestExitCodes runs the program: scripts and units read its exit code, people its last lines.
func TestExitCodes(t *testing.T) {
	tests := map[string]struct {
		args, environ []string
		code          int
		stderr        []string // each begins a line
	}{
		"done":               {[]string{"version"}, nil, 0, nil},
		"two wrong settings": {nil, []string{"PAYMENTLINKS_FRESH_FOR=soon", "PAYMENTLINKS_MAX_DEPTH=-1"}, 1, []string{"paymentlinks: PAYMENTLINKS_FRESH_FOR", "paymentlinks: PAYMENTLINKS_MAX_DEPTH"}},
		"a doubt":            {[]string{"doctor", "--offline"}, []string{"PAYMENTLINKS_FRESHFOR=1s"}, 1, nil},
		"a failure":          {[]string{"doctor"}, []string{"PAYMENTLINKS_FRESH_FOR=soon"}, 2, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			program := exec.CommandContext(t.Context(), os.Args[0], test.args...) //nolint:gosec // this very test
			program.Env = append(program.Environ(), append([]string{"TEST_AS_PROGRAM=1"}, test.environ...)...)
			var stdout, stderr bytes.Buffer
			program.Stdout, program.Stderr = &stdout, &stderr
			code := 0
			err := program.Run()
			if exit, ok := errors.AsType[*exec.ExitError](err); ok {
				code = exit.ExitCode()
			} else if err != nil {
				t.Fatal(err)
			}
			if code != test.code {
				t.Errorf("exit code %d, want %d\n%s%s", code, test.code, &stdout, &stderr)
			}
			for _, want := range test.stderr {
				if !strings.Contains("\n"+stderr.String(), "\n"+want) {
					t.Errorf("no line begins with %q:\n%s", want, &stderr)
				}
			}
		})
	}
}
