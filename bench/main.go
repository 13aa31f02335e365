// Command bench compares paymentlinks with what a user could pick instead: on
// the same upstream, for the same queries, with the same right answers.
//
// ./run builds and installs what it needs and starts it. It writes a table with
// all figures of all runs, and a plot.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

func main() {
	if err := run(os.Args[1:], os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options are what the command line says.
type options struct {
	bin, out         string
	peers, workloads string
	runs             int
	connections      int
	warm, time       time.Duration
	strict           bool
	note             string
}

func run(arguments []string, progress io.Writer) error {
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.StringVar(&o.bin, "bin", ".bin", "folder of the programs that ./run builds")
	flags.StringVar(&o.out, "out", ".", "folder for RESULTS.md and results.svg")
	flags.StringVar(&o.peers, "peers", "", "parts of the names of the peers to measure, with commas; all if empty")
	flags.StringVar(&o.workloads, "workloads", "", "names of the workloads to measure, with commas; all if empty")
	flags.IntVar(&o.runs, "runs", 3, "runs of each cell")
	flags.IntVar(&o.connections, "connections", 0, "connections of every workload; 0: as many as it says")
	flags.DurationVar(&o.warm, "warm", 2*time.Second, "load before a cell is measured")
	flags.DurationVar(&o.time, "time", 8*time.Second, "load while a cell is measured")
	flags.StringVar(&o.note, "note", "", "a sentence for RESULTS.md about the machine at the time")
	flags.BoolVar(&o.strict, "strict", false, "end with an error when a cell fails")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	t := table{machine: fmt.Sprintf("%s/%s with %s.", runtime.GOOS, runtime.GOARCH, cores()), note: o.note, took: o.time}
	for _, w := range workloads {
		if o.connections > 0 {
			w.connections = o.connections
		}
		if o.workloads == "" || slices.Contains(strings.Split(o.workloads, ","), w.name) {
			t.workloads = append(t.workloads, w)
		}
	}
	for _, p := range peersFrom(o.bin) {
		wanted := func(part string) bool { return strings.Contains(strings.ToLower(p.name), strings.ToLower(part)) }
		if o.peers == "" || slices.ContainsFunc(strings.Split(o.peers, ","), wanted) {
			t.peers = append(t.peers, p)
		}
	}
	if len(t.workloads) == 0 || len(t.peers) == 0 {
		return errors.New("no workload or no peer has such a name")
	}
	failed := t.measure(o, progress)
	if err := t.write(o.out); err != nil {
		return err
	}
	if o.strict && failed != nil {
		return failed
	}
	return nil
}

// measure fills the table. The runs go round all cells, so that a noisy minute
// spoils no peer alone. It returns the first failure.
func (t *table) measure(o options, progress io.Writer) (failed error) {
	t.runs = make([][][]measurement, len(t.workloads))
	for i := range t.runs {
		t.runs[i] = make([][]measurement, len(t.peers))
	}
	for n := range o.runs {
		for i, w := range t.workloads {
			for j, p := range t.peers {
				m := t.one(p, w, o)
				t.runs[i][j] = append(t.runs[i][j], m)
				switch {
				case errors.Is(m.err, errNotCompared):
				case m.err != nil:
					failed = errors.Join(failed, fmt.Errorf("%s %s: %w", w.name, p.name, m.err))
					fmt.Fprintf(progress, "run %d %-4s %-28s %s\n", n+1, w.name, p.name, oneLine(m.err))
				default:
					fmt.Fprintf(progress, "run %d %-4s %-28s %8.0f requests/s  p99 %v  %v CPU\n",
						n+1, w.name, p.name, m.perSecond(), m.percentile(99), m.cpuPerRequest())
				}
			}
		}
	}
	return failed
}

func (t *table) one(p peer, w workload, o options) measurement {
	if _, err := p.version(); err != nil {
		return measurement{err: fmt.Errorf("missing: %w", err)}
	}
	return measure(p, w, o.warm, o.time)
}

func (t *table) write(folder string) error {
	for name, write := range map[string]func(io.Writer) error{"RESULTS.md": t.markdown, "results.svg": t.plot} {
		file, err := os.Create(filepath.Join(folder, name))
		if err != nil {
			return err
		}
		if err := errors.Join(write(file), file.Close()); err != nil {
			return err
		}
	}
	return nil
}

func cores() string {
	online, err := os.ReadFile("/sys/devices/system/cpu/online")
	if err != nil {
		return fmt.Sprintf("%d cores", runtime.NumCPU())
	}
	return "cores " + strings.TrimSpace(string(online))
}
