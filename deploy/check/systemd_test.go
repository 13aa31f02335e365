package check

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// systemd reads the unit without a complaint.
func TestUnit(t *testing.T) {
	unit, err := os.ReadFile("../systemd/paymentlinks.service")
	if err != nil {
		t.Fatal(err)
	}
	const installed = "/usr/local/bin/paymentlinks"
	if !strings.Contains(string(unit), "ExecStart="+installed+" ") {
		t.Fatalf("the unit does not start %s", installed)
	}
	// systemd complains of a program that is not there.
	there := strings.Replace(string(unit), installed, "/bin/true", 1)
	copied := filepath.Join(t.TempDir(), "paymentlinks.service")
	if err := os.WriteFile(copied, []byte(there), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "systemd-analyze", "verify", "--man=no", copied).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v:\n%s", err, out)
	}
}
