package check

import (
	"context"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
)

// Compose reads its file, publishes on loopback alone, and pins what it pulls.
func TestCompose(t *testing.T) {
	options, err := cli.NewProjectOptions([]string{"../compose/compose.yaml"}, cli.WithResolvedPaths(true))
	if err != nil {
		t.Fatal(err)
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for name, service := range project.Services {
		if service.Build == nil && (!strings.Contains(service.Image, ":") || strings.HasSuffix(service.Image, ":latest")) {
			t.Errorf("%s: the image %q has no version", name, service.Image)
		}
		for _, port := range service.Ports {
			if port.HostIP != "127.0.0.1" {
				t.Errorf("%s: port %s is published on %q, not on loopback", name, port.Published, port.HostIP)
			}
		}
	}
	if project.Services["paymentlinks"].ReadOnly != true {
		t.Error("the program's container can be written to")
	}
}
