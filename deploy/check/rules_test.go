package check

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// promtool is the one of the machine, or the one that .ci/setup unpacks.
func promtool(t *testing.T) string {
	t.Helper()
	if path, err := exec.LookPath("promtool"); err == nil {
		return path
	}
	path, err := filepath.Abs("../../.tools/promtool")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// Prometheus reads the alert rules, and they do what the made-up numbers say.
func TestRules(t *testing.T) {
	for _, args := range [][]string{
		{"check", "rules", "paymentlinks.rules.yml"},
		{"test", "rules", "paymentlinks.test.yml"},
	} {
		cmd := exec.CommandContext(t.Context(), promtool(t), args...) //nolint:gosec // the tool of this test
		cmd.Dir = "../observability"
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("promtool %v: %v\n%s", args, err, out)
		}
	}
}

// Grafana takes the dashboard for one: panels have places, ids of their own, and queries.
func TestDashboard(t *testing.T) {
	content, err := os.ReadFile("../observability/dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var board struct {
		UID, Title string
		Panels     []struct {
			ID          int
			Type, Title string
			GridPos     struct{ H, W, X, Y int }
			Targets     []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(content, &board); err != nil {
		t.Fatal(err)
	}
	if board.UID == "" || board.Title == "" || len(board.Panels) < 10 {
		t.Errorf("uid %q, title %q, %d panels", board.UID, board.Title, len(board.Panels))
	}
	ids := map[int]bool{}
	for _, p := range board.Panels {
		if ids[p.ID] || p.GridPos.W == 0 || p.GridPos.X+p.GridPos.W > 24 || (p.Type != "row") != (len(p.Targets) > 0) {
			t.Errorf("panel %d %q: place %v, %d queries", p.ID, p.Title, p.GridPos, len(p.Targets))
		}
		ids[p.ID] = true
	}
}
