package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// table holds every run of every cell: by workload, peer and run.
type table struct {
	workloads []workload
	peers     []peer
	runs      [][][]measurement
	machine   string
	note      string
	took      time.Duration // what one cell was measured for
}

// of collects one figure of all runs of a cell, or why there is none.
func of(runs []measurement, figure func(measurement) string) string {
	var figures []string
	for _, m := range runs {
		switch {
		case errors.Is(m.err, errNotCompared):
			return "–"
		case m.err != nil:
			figures = append(figures, "failed")
		default:
			figures = append(figures, figure(m))
		}
	}
	return strings.Join(figures, " / ")
}

// columns are the figures of a cell.
var columns = []struct {
	title  string
	figure func(measurement) string
}{
	{"requests/s", func(m measurement) string { return fmt.Sprintf("%.0f", m.perSecond()) }},
	{"p50 ms", func(m measurement) string { return milliseconds(m.percentile(50)) }},
	{"p99 ms", func(m measurement) string { return milliseconds(m.percentile(99)) }},
	{"CPU µs a request", func(m measurement) string {
		return fmt.Sprintf("%.1f", float64(m.cpuPerRequest().Nanoseconds())/1000)
	}},
	{"RSS MiB", func(m measurement) string { return fmt.Sprintf("%.0f", float64(m.usage.rss)/(1<<20)) }},
	{"upstream calls per 1,000", func(m measurement) string {
		return fmt.Sprintf("%.1f", float64(m.upstreamCalls)*1000/float64(max(m.requests, 1)))
	}},
}

func milliseconds(d time.Duration) string { return fmt.Sprintf("%.2f", d.Seconds()*1000) }

// markdown writes all figures of all runs.
func (t table) markdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Measured\n\n%s Each cell is measured for %v, after a warm-up and a comparison of the answer item by item.\n", t.machine, t.took)
	b.WriteString("All runs are shown. The machine is shared by load, upstream and peer, so compare within a run.\n")
	if t.note != "" {
		b.WriteString("\n" + t.note + "\n")
	}
	b.WriteString("\n| peer | version |\n| --- | --- |\n")
	for _, p := range t.peers {
		version, err := p.version()
		if err != nil {
			version = "missing: " + oneLine(err)
		}
		fmt.Fprintf(&b, "| %s | %s |\n", p.name, version)
	}
	for i, w := range t.workloads {
		fmt.Fprintf(&b, "\n## %s: %s\n\n| peer |", w.name, w.what)
		for _, c := range columns {
			fmt.Fprintf(&b, " %s |", c.title)
		}
		b.WriteString("\n| --- |" + strings.Repeat(" --: |", len(columns)) + "\n")
		var failures []string
		for j, p := range t.peers {
			runs := t.runs[i][j]
			fmt.Fprintf(&b, "| %s |", p.name)
			for _, c := range columns {
				fmt.Fprintf(&b, " %s |", of(runs, c.figure))
			}
			b.WriteString("\n")
			for _, m := range runs {
				if m.err != nil && !errors.Is(m.err, errNotCompared) {
					failures = append(failures, fmt.Sprintf("- %s failed: %s", p.name, oneLine(m.err)))
					break
				}
			}
		}
		if len(failures) > 0 {
			b.WriteString("\n" + strings.Join(failures, "\n") + "\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func oneLine(err error) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(err.Error()), " "), "|", "\\|")
}
