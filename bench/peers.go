package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
)

// peersFrom are all servers, the Go programs among them built into bin.
func peersFrom(bin string) []peer {
	return []peer{
		{
			name: "paymentlinks",
			command: func(c cell, _ string) (*exec.Cmd, error) {
				cmd := pinned(filepath.Join(bin, "paymentlinks"))
				// As shipped: nothing is set but where it listens, where upstream is,
				// how long a list may be kept, and that it stops without delay.
				cmd.Env = c.env("PAYMENTLINKS_LISTEN="+c.address(), "PAYMENTLINKS_ADMIN_LISTEN=off",
					"PAYMENTLINKS_UPSTREAM_URL="+c.upstream, "PAYMENTLINKS_FRESH_FOR="+c.workload.fresh.String(), "PAYMENTLINKS_SHUTDOWN_DELAY=0s")
				return cmd, nil
			},
			version: func() (string, error) {
				printed, err := exec.Command(filepath.Join(bin, "paymentlinks"), "version").Output()
				return strings.TrimSpace(string(printed)), err
			},
		},
		{
			name: "net/http writing ready bytes", isFloor: true,
			command: func(c cell, folder string) (*exec.Cmd, error) {
				answer, err := json.Marshal(c.workload.answer())
				if err != nil {
					return nil, err
				}
				file := filepath.Join(folder, "answer.json")
				if err := os.WriteFile(file, answer, 0o600); err != nil {
					return nil, err
				}
				cmd := pinned(filepath.Join(bin, "floor"))
				cmd.Env = c.env("ANSWER=" + file)
				return cmd, nil
			},
			version: func() (string, error) { return runtime.Version(), nil },
		},
		{
			name: "Tailcall", upstreamFields: true, noFilter: true, command: startTailcall,
			version: func() (string, error) { _, version, err := tailcall(); return version, err },
		},
		{name: "mercurius", command: node("mercurius.mjs"), version: npm("mercurius", "graphql-jit", "fastify")},
		{
			name: "gqlgen, naive",
			command: func(c cell, _ string) (*exec.Cmd, error) {
				cmd := pinned(filepath.Join(bin, "naive"))
				cmd.Env = c.env()
				return cmd, nil
			},
			version: gqlgenVersion,
		},
		{name: "GraphQL Yoga", command: node("yoga.mjs"), version: npm("graphql-yoga")},
		{name: "Apollo Server", command: node("apollo.mjs"), version: npm("@apollo/server")},
		{
			name: "Hive Gateway over Mesh", upstreamFields: true, noFilter: true, command: startHive,
			version: npm("@graphql-hive/gateway", "@omnigraph/json-schema"),
		},
	}
}

func gqlgenVersion() (string, error) {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == "github.com/99designs/gqlgen" {
			return module.Version, nil
		}
	}
	printed, err := exec.Command("go", "list", "-m", "-f", "{{.Version}}", "github.com/99designs/gqlgen").Output()
	return strings.TrimSpace(string(printed)), err
}
