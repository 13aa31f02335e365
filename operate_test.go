package main

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"paymentlinks/internal/config"
)

// TestOperatorsReadOfSettingsThatExist: what the page and the files of deploy
// name is there.
func TestOperatorsReadOfSettingsThatExist(t *testing.T) {
	settings, err := config.Settings()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"docs/operate.md", "deploy/systemd/paymentlinks.service", "deploy/nginx/paymentlinks.conf"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		named := regexp.MustCompile(`PAYMENTLINKS_[A-Z_]+`).FindAllString(string(text), -1)
		if len(named) == 0 {
			t.Errorf("%s names no setting", name)
		}
		for _, setting := range named {
			if !slices.ContainsFunc(settings, func(s config.Setting) bool { return s.Env == setting }) {
				t.Errorf("%s names %s, which is no setting", name, setting)
			}
		}
	}
}
