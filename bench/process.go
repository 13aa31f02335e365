package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// usage is what a process and its children have taken of the machine.
type usage struct {
	cpu time.Duration // user and system time
	rss int64         // bytes
}

// ticksPerSecond is USER_HZ, which is 100 on every Linux that Go runs on.
const ticksPerSecond = 100

// usageOf reads /proc (proc_pid_stat(5)).
func usageOf(pid int) (usage, error) {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return usage{}, err
	}
	// The name in parentheses may hold anything, so fields are counted behind it.
	_, rest, ok := strings.Cut(string(content), ") ")
	fields := strings.Fields(rest)
	if !ok || len(fields) < 22 {
		return usage{}, fmt.Errorf("/proc/%d/stat has %d fields", pid, len(fields))
	}
	number := func(i int) int64 {
		n, _ := strconv.ParseInt(fields[i-3], 10, 64) // i as the manual counts
		return n
	}
	u := usage{
		cpu: time.Duration(number(14)+number(15)) * time.Second / ticksPerSecond,
		rss: number(24) * int64(os.Getpagesize()),
	}
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return u, nil // the kernel may be built without
	}
	for _, child := range strings.Fields(string(children)) {
		id, err := strconv.Atoi(child)
		if err != nil {
			continue
		}
		if of, err := usageOf(id); err == nil {
			u.cpu += of.cpu
			u.rss += of.rss
		}
	}
	return u, nil
}
