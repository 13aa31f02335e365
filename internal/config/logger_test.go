package config_test

import (
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestLogger(t *testing.T) {
	var out strings.Builder
	logger := parse(t, nil, "PAYMENTLINKS_LOG_FORMAT=json", "PAYMENTLINKS_LOG_LEVEL=warn").Log.Logger(&out)
	logger.InfoContext(t.Context(), "too little")
	logger.WarnContext(t.Context(), "enough", "answer", 42)
	var line struct {
		Msg    string
		Answer int
	}
	if err := json.Unmarshal([]byte(out.String()), &line); err != nil || line.Msg != "enough" || line.Answer != 42 {
		t.Errorf("JSON log = %q (%v)", out.String(), err)
	}

	out.Reset()
	logger = parse(t, nil, "PAYMENTLINKS_LOG_LEVEL=debug").Log.Logger(&out)
	logger.DebugContext(t.Context(), "details", "answer", 42)
	if !strings.Contains(out.String(), "msg=details answer=42") {
		t.Errorf("text log = %q", out.String())
	}
}

func TestDurationsHaveAUnit(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		var out strings.Builder
		logger := parse(t, nil, "PAYMENTLINKS_LOG_FORMAT="+format).Log.Logger(&out)
		logger.InfoContext(t.Context(), "done", "took", 1500*time.Millisecond, "group", slog.GroupValue(slog.Duration("deep", time.Minute)))
		if got := out.String(); !strings.Contains(got, "1.5s") || !strings.Contains(got, "1m0s") {
			t.Errorf("%s log = %q, want 1.5s and 1m0s", format, got)
		}
	}
}
