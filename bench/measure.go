package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"reflect"
	"time"
)

// measurement is one run of one cell; with an error nothing else counts.
type measurement struct {
	result
	usage         usage // of the measured time; its rss is that at the end
	upstreamCalls int64
	err           error
}

func (m measurement) cpuPerRequest() time.Duration {
	return m.usage.cpu / time.Duration(max(m.requests, 1))
}

var errNotCompared = errors.New("not compared")

// measure starts the peer afresh, checks its answer, warms it up and measures.
func measure(p peer, w workload, warm, d time.Duration) (m measurement) {
	fail := func(err error) measurement { return measurement{err: err} }
	if (p.isFloor && w.noFloor) || (p.noFilter && w.currency != "") {
		return fail(errNotCompared)
	}
	folder, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return fail(err)
	}
	defer os.RemoveAll(folder)
	up, err := startUpstream(w.list(), w.delay)
	if err != nil {
		return fail(err)
	}
	defer up.stop()
	port, err := freePort()
	if err != nil {
		return fail(err)
	}
	c := cell{workload: w, upstream: up.url(), port: port}
	s, err := p.start(c, folder)
	if err != nil {
		return fail(err)
	}
	defer s.stop()

	t := w.request(c.address(), p.upstreamFields)
	length, err := check(c, t)
	if err != nil {
		return fail(err)
	}
	if _, err := load(c.address(), t, w.kind == segmented, w.connections, length, warm); err != nil {
		return fail(fmt.Errorf("warming up: %w", err))
	}
	before, err := usageOf(s.cmd.Process.Pid)
	if err != nil {
		return fail(err)
	}
	calls := up.calls.Load()
	r, err := load(c.address(), t, w.kind == segmented, w.connections, length, d)
	if err != nil {
		return fail(err)
	}
	after, err := usageOf(s.cmd.Process.Pid)
	if err != nil {
		return fail(err)
	}
	return measurement{result: r, usage: usage{after.cpu - before.cpu, after.rss}, upstreamCalls: up.calls.Load() - calls}
}

// check compares an answer item by item with the right one, and returns how
// many bytes it has. The first answers of a peer that is just starting may be
// errors; they are given two seconds.
func check(c cell, t template) (int, error) {
	var err error
	for range 20 {
		var length int
		if length, err = checkOnce(c, t); err == nil {
			return length, nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return 0, err
}

func checkOnce(c cell, t template) (int, error) {
	numbers++
	t.number(numbers)
	head, body := t.bytes[:t.headEnd], t.bytes[t.headEnd:]
	req, err := http.NewRequest(http.MethodPost, "http://"+c.address()+"/graphql", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	for _, line := range bytes.Split(head, []byte("\r\n"))[2:] { // the request line and Host are net/http's
		if name, value, ok := bytes.Cut(line, []byte(": ")); ok {
			req.Header.Set(string(name), string(value))
		}
	}
	req.Header.Set("Accept-Encoding", "identity")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err
	}
	if resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("status %d: %.200s", resp.StatusCode, got)
	}
	return len(got), compare(got, c.workload.answer())
}

// compare names the first item that differs.
func compare(got []byte, want map[string]any) error {
	var answer struct {
		Data   struct{ PaymentLinks []any }
		Errors any
	}
	if err := json.Unmarshal(got, &answer); err != nil {
		return fmt.Errorf("%w: %.200s", err, got)
	}
	if answer.Errors != nil {
		return fmt.Errorf("wrong answer: %.300s", got)
	}
	// Through JSON, so that numbers have one type.
	text, err := json.Marshal(want)
	if err != nil {
		return err
	}
	var right struct{ Data struct{ PaymentLinks []any } }
	if err := json.Unmarshal(text, &right); err != nil {
		return err
	}
	for i, item := range right.Data.PaymentLinks {
		if i >= len(answer.Data.PaymentLinks) || !reflect.DeepEqual(item, answer.Data.PaymentLinks[i]) {
			return fmt.Errorf("wrong answer: item %d differs from %v", i, item)
		}
	}
	if len(answer.Data.PaymentLinks) != len(right.Data.PaymentLinks) {
		return fmt.Errorf("wrong answer: %d items, want %d", len(answer.Data.PaymentLinks), len(right.Data.PaymentLinks))
	}
	return nil
}
