package main

import (
	"fmt"
	"html"
	"io"
	"slices"
	"strings"
)

// The plot's measures, in pixels.
const (
	plotWidth  = 860
	labelWidth = 210
	barHeight  = 16
	barGap     = 5
	groupGap   = 44
)

// plot draws the median requests per second of each cell as bars, one group for
// each workload. A group has a scale of its own: what compares is within it.
func (t table) plot(w io.Writer) error {
	var b strings.Builder
	y := 12
	for i, work := range t.workloads {
		y += 20
		fmt.Fprintf(&b, `<text x="0" y="%d" class="title">%s: %s</text>`+"\n", y, html.EscapeString(work.name), html.EscapeString(work.what))
		y += 12
		most := 1.0
		for j := range t.peers {
			most = max(most, median(t.runs[i][j]))
		}
		for j, p := range t.peers {
			value := median(t.runs[i][j])
			if value == 0 {
				continue
			}
			class := "peer"
			switch {
			case j == 0:
				class = "own"
			case p.isFloor:
				class = "floor"
			}
			length := value / most * (plotWidth - labelWidth - 80)
			middle := y + barHeight - 4
			fmt.Fprintf(&b, `<text x="%d" y="%d" class="name">%s</text>`, labelWidth-8, middle, html.EscapeString(p.name))
			fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%.1f" height="%d" class="%s"/>`, labelWidth, y, length, barHeight, class)
			fmt.Fprintf(&b, `<text x="%.1f" y="%d">%.1fk</text>`+"\n", labelWidth+length+6, middle, value/1000)
			y += barHeight + barGap
		}
		y += groupGap - 20 - 12
	}
	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">
<style>
  rect.own { fill: #0b7a4b } rect.floor { fill: #9aa5b1 } rect.peer { fill: #5b8def }
  text { fill: #24292f } text.name { text-anchor: end } text.title { font-weight: bold }
</style>
<rect width="100%%" height="100%%" fill="#ffffff"/>
<text x="0" y="12">Requests per second, median of all runs; longer is better</text>
%s</svg>
`, plotWidth, y, b.String())
	return err
}

// median is that of a cell's requests per second; 0 when a run failed.
func median(runs []measurement) float64 {
	var values []float64
	for _, m := range runs {
		if m.err != nil {
			return 0
		}
		values = append(values, m.perSecond())
	}
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[len(values)/2]
}
