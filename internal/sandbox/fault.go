package sandbox

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Mode is the way in which a call goes wrong.
type Mode string

const (
	// ModeNone answers as usual: with a Delay it is plain latency.
	ModeNone Mode = ""
	// ModeStatus answers with Status, RetryAfter and Body.
	ModeStatus Mode = "status"
	// ModeMalformed answers 200 with Body, or with a page of HTML without one.
	ModeMalformed Mode = "malformed"
	// ModeCutOff announces the whole answer, sends half of it and closes the connection.
	ModeCutOff Mode = "cutOff"
	// ModeSlowDrip sends the answer in 20 pieces, Delay before each.
	ModeSlowDrip Mode = "slowDrip"
	// ModeStall sends the headers and half the answer, then nothing more.
	ModeStall Mode = "stall"
	// ModeHang sends nothing.
	ModeHang Mode = "hang"
	// ModeRedirect answers with Status (302 if 0) and Location.
	ModeRedirect Mode = "redirect"
	// ModeDisconnect closes the connection without an answer.
	ModeDisconnect Mode = "disconnect"
)

// Fault is one thing to go wrong. Hanging and stalling end when the client
// leaves or the Server closes.
type Fault struct {
	// Token is the user token that meets the fault, known or not; empty is every one.
	Token string
	// Mode is what happens.
	Mode Mode
	// Calls is how many calls meet it; 0 is all until it is cleared.
	Calls int
	// Delay is waited before the answer; in a slow drip before each piece.
	Delay time.Duration
	// Status is for ModeStatus (200 to 599) and ModeRedirect (300 to 399).
	Status int
	// RetryAfter is the header of that name for ModeStatus; empty is none.
	RetryAfter string
	// Location is the header of that name for ModeRedirect.
	Location string
	// Body replaces the body of ModeStatus and ModeMalformed.
	Body string
}

const (
	maxFaults  = 1000
	dripPieces = 20
)

// ErrFault is returned by Fail for a fault that makes no sense, wrapped with
// the reason.
var ErrFault = errors.New("sandbox fault refused")

// Fail makes calls go wrong. Of several faults for a call the one asked for
// first is met; when its Calls are used up, the next.
func (s *Server) Fail(f Fault) error {
	if err := f.check(); err != nil {
		return fmt.Errorf("%w: %w", ErrFault, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.faults) == maxFaults {
		return fmt.Errorf("%w: there are %d already", ErrFault, maxFaults)
	}
	s.faults = append(s.faults, &f)
	return nil
}

// ClearFaults forgets the faults of one token, those for every token being
// Token "".
func (s *Server) ClearFaults(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = slices.DeleteFunc(s.faults, func(f *Fault) bool { return f.Token == token })
}

// ClearAllFaults forgets all faults.
func (s *Server) ClearAllFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// Faults returns the faults to come, Calls being what is left of them.
func (s *Server) Faults() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	faults := make([]Fault, len(s.faults))
	for i, f := range s.faults {
		faults[i] = *f
	}
	return faults
}

func (f Fault) check() error {
	switch f.Mode {
	case ModeNone, ModeMalformed, ModeCutOff, ModeSlowDrip, ModeStall, ModeHang, ModeDisconnect:
	case ModeStatus:
		if f.Status < 200 || f.Status > 599 {
			return errors.New("status must be 200 to 599")
		}
	case ModeRedirect:
		if f.Status != 0 && (f.Status < 300 || f.Status > 399) {
			return errors.New("status of a redirect must be 300 to 399, or 0 for 302")
		}
		if f.Location == "" {
			return errors.New("a redirect needs a location")
		}
	default:
		return errors.New("unknown mode")
	}
	if f.Calls < 0 || f.Delay < 0 {
		return errors.New("calls and delay must not be negative")
	}
	return nil
}

// takeFault returns the fault that this call meets, nil if none, and uses up
// one of its calls. The caller holds s.mu.
func (s *Server) takeFault(token string) *Fault {
	i := slices.IndexFunc(s.faults, func(f *Fault) bool { return f.Token == "" || f.Token == token })
	if i < 0 {
		return nil
	}
	taken := *s.faults[i]
	switch s.faults[i].Calls {
	case 0:
	case 1:
		s.faults = slices.Delete(s.faults, i, i+1)
	default:
		s.faults[i].Calls--
	}
	return &taken
}

// writeFault lets one call go wrong; usual is what it would have been answered.
func (s *Server) writeFault(w http.ResponseWriter, r *http.Request, f Fault, usual answer) {
	if f.Mode != ModeSlowDrip && !s.wait(r, f.Delay) {
		return
	}
	switch f.Mode {
	case ModeNone:
		usual.write(w, r)
	case ModeStatus:
		f.writeStatus(w)
	case ModeMalformed:
		f.writeMalformed(w)
	case ModeCutOff:
		// Fewer bytes than announced: net/http closes the connection.
		body := usual.orEmptyList().header(w, r)
		_, _ = w.Write(body[:len(body)/2])
	case ModeSlowDrip:
		s.drip(w, r, f.Delay, usual.orEmptyList())
	case ModeStall:
		body := usual.orEmptyList().header(w, r)
		_, _ = w.Write(body[:len(body)/2])
		_ = http.NewResponseController(w).Flush()
		s.wait(r, -1)
	case ModeHang:
		s.wait(r, -1)
	case ModeRedirect:
		w.Header().Set("Location", f.Location)
		w.WriteHeader(cmp.Or(f.Status, http.StatusFound))
	case ModeDisconnect:
		panic(http.ErrAbortHandler) // net/http's way to close without an answer
	}
}

func (f Fault) writeStatus(w http.ResponseWriter) {
	if f.RetryAfter != "" {
		w.Header().Set("Retry-After", f.RetryAfter)
	}
	switch {
	case f.Status == http.StatusNoContent || f.Status == http.StatusNotModified:
		w.WriteHeader(f.Status)
	case f.Body == "":
		writeMessage(w, f.Status)
	default:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(f.Status)
		_, _ = w.Write([]byte(f.Body))
	}
}

func (f Fault) writeMalformed(w http.ResponseWriter) {
	body, mediaType := f.Body, "application/json"
	if body == "" {
		body, mediaType = "<!doctype html><title>Bad gateway</title><p>The proxy is unwell.\n", "text/html; charset=utf-8"
	}
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write([]byte(body))
}

func (s *Server) drip(w http.ResponseWriter, r *http.Request, pause time.Duration, a answer) {
	body := a.header(w, r)
	control := http.NewResponseController(w)
	_ = control.Flush()
	size := max(1, (len(body)+dripPieces-1)/dripPieces)
	for piece := range slices.Chunk(body, size) {
		if !s.wait(r, pause) {
			return
		}
		_, _ = w.Write(piece)
		_ = control.Flush()
	}
}

// orEmptyList is for faults that need a body to spoil: an answer without one
// becomes an empty list.
func (a answer) orEmptyList() answer {
	if a.list != nil {
		return a
	}
	return answer{status: http.StatusOK, list: newList(func() []byte { return []byte("[ ]") })}
}

// wait returns true after d. It returns false when the client left or the
// server closed; a negative d waits for nothing else.
func (s *Server) wait(r *http.Request, d time.Duration) bool {
	if d == 0 {
		return true
	}
	var elapsed <-chan time.Time
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		elapsed = timer.C
	}
	select {
	case <-elapsed:
		return true
	case <-r.Context().Done():
	case <-s.closed:
	}
	return false
}
