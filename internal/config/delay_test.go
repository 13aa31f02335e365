package config_test

import (
	"testing"
	"time"
)

func TestShutdownDelay(t *testing.T) {
	for name, test := range map[string]struct {
		environ []string
		want    time.Duration
	}{
		"sandbox":           {nil, 0},
		"upstream":          {[]string{upstream}, 5 * time.Second},
		"upstream, set":     {[]string{upstream, "PAYMENTLINKS_SHUTDOWN_DELAY=0s"}, 0},
		"sandbox, set":      {[]string{"PAYMENTLINKS_SHUTDOWN_DELAY=1s"}, time.Second},
		"upstream, set too": {[]string{upstream, "PAYMENTLINKS_SHUTDOWN_DELAY=20s"}, 20 * time.Second},
	} {
		if got := parse(t, nil, test.environ...).Server.ShutdownDelay; got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}
