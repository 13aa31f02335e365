//go:build linux

package attack_test

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// usage is what a process took while something happened.
type usage struct {
	cpu  time.Duration
	peak int64 // bytes of memory beyond what it held before
}

func (u usage) String() string { return fmt.Sprintf("%v of CPU, %d MiB", u.cpu, u.peak>>20) }

// within fails the test when u is beyond its bounds.
func (u usage) within(t *testing.T, cpu time.Duration, peak int64) {
	t.Helper()
	t.Log(u)
	if u.cpu > cpu || u.peak > peak {
		t.Errorf("it took %v, want at most %v", u, usage{cpu, peak})
	}
}

// cost returns what the program takes for what happens in attack, and for all
// that goes on after it.
func (p *program) cost(t *testing.T, attack func()) usage {
	t.Helper()
	p.settle(t)
	if err := os.WriteFile(p.file("clear_refs"), []byte("5"), 0); err != nil { // VmHWM begins anew
		t.Fatal(err)
	}
	cpu, held := p.cpu(t), p.memory(t, "VmRSS")
	attack()
	p.settle(t)
	return usage{cpu: p.cpu(t) - cpu, peak: p.memory(t, "VmHWM") - held}
}

// settle waits until the program rests: in two looks in a row it has used no CPU.
func (p *program) settle(t *testing.T) {
	t.Helper()
	const looks = 50 * time.Millisecond
	look := time.NewTicker(looks)
	defer look.Stop()
	deadline := time.Now().Add(patience)
	for before, rests := p.cpu(t), 0; rests < 2; {
		<-look.C
		now := p.cpu(t)
		if now == before {
			rests++
		} else {
			rests = 0
		}
		before = now
		if time.Now().After(deadline) {
			t.Errorf("the program has not come to rest after %v", patience)
			return
		}
	}
}

// tick is the unit of CPU time in /proc: USER_HZ, 100 on every Linux that Go runs on.
const tick = 10 * time.Millisecond

// cpu is the CPU time that the process has used so far.
func (p *program) cpu(t *testing.T) time.Duration {
	t.Helper()
	stat := p.read(t, "stat")
	// The name of the program, in brackets, may hold anything. utime and stime are
	// the 14th and 15th field, the state behind the name being the third.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	ticks := int64(0)
	for _, field := range fields[11:13] {
		n, err := strconv.ParseInt(string(field), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * tick
}

// memory is a line of the process's status, in bytes.
func (p *program) memory(t *testing.T, name string) int64 {
	t.Helper()
	for line := range strings.Lines(string(p.read(t, "status"))) {
		fields := strings.Fields(line)
		if fields[0] == name+":" {
			kilobytes, err := strconv.ParseInt(fields[1], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return kilobytes << 10
		}
	}
	t.Fatalf("the process has no %s: it has ended", name)
	return 0
}

func (p *program) read(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(p.file(name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func (p *program) file(name string) string {
	return fmt.Sprintf("/proc/%d/%s", p.process.Process.Pid, name)
}
