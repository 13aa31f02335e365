package sandbox

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"
)

const (
	maxFaultBytes = 64 << 10
	maxListBytes  = 128 << 20
)

// faultJSON is a Fault over HTTP:
//
//	{"token": "demo-seed", "mode": "status", "status": 503, "calls": 2, "delayMs": 20,
//	 "retryAfter": "1", "location": "", "body": ""}
//
// Every key may be left out; the modes are those of Mode.
type faultJSON struct {
	Token      string `json:"token,omitempty"`
	Mode       Mode   `json:"mode"`
	Calls      int    `json:"calls"`
	DelayMS    int64  `json:"delayMs,omitempty"`
	Status     int    `json:"status,omitempty"`
	RetryAfter string `json:"retryAfter,omitempty"`
	Location   string `json:"location,omitempty"`
	Body       string `json:"body,omitempty"`
}

// controlMux is the control over HTTP:
//
//	POST   /_sandbox/faults         one fault (faultJSON); 204, or 400 with the reason
//	GET    /_sandbox/faults         the faults to come, an array of the same
//	DELETE /_sandbox/faults         forget all; with ?token=T those of that token
//	GET    /_sandbox/calls          {"total": 3, "byToken": {"demo-seed": 2}, "unknown": 1}
//	DELETE /_sandbox/calls          count from nought again
//	PUT    /_sandbox/lists/{token}  the request body becomes that merchant's list, as SetBody
//	DELETE /_sandbox/lists/{token}  the first list again, as RestoreBody
//	DELETE /_sandbox/               everything as at the start, as Reset
//
// Those without an answer above are answered 204. Browsers are answered 403:
// any page that one shows could send them here.
func (s *Server) controlMux() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /_sandbox/faults", s.postFault)
	mux.HandleFunc("GET /_sandbox/faults", s.getFaults)
	mux.HandleFunc("DELETE /_sandbox/faults", s.deleteFaults)
	mux.HandleFunc("GET /_sandbox/calls", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, s.Calls()) })
	mux.HandleFunc("DELETE /_sandbox/calls", func(w http.ResponseWriter, _ *http.Request) { s.ResetCalls(); done(w) })
	mux.HandleFunc("PUT /_sandbox/lists/{token}", s.putList)
	mux.HandleFunc("DELETE /_sandbox/lists/{token}", func(w http.ResponseWriter, r *http.Request) {
		s.RestoreBody(r.PathValue("token"))
		done(w)
	})
	mux.HandleFunc("DELETE /_sandbox/{$}", func(w http.ResponseWriter, _ *http.Request) { s.Reset(); done(w) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Origin") != "" || r.Header.Get("Sec-Fetch-Site") != "" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func (s *Server) postFault(w http.ResponseWriter, r *http.Request) {
	var f faultJSON
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxFaultBytes))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&f); err != nil {
		refuse(w, err)
		return
	}
	err := s.Fail(Fault{
		Token: f.Token, Mode: f.Mode, Calls: f.Calls, Delay: time.Duration(f.DelayMS) * time.Millisecond,
		Status: f.Status, RetryAfter: f.RetryAfter, Location: f.Location, Body: f.Body,
	})
	if err != nil {
		refuse(w, err)
		return
	}
	done(w)
}

func (s *Server) getFaults(w http.ResponseWriter, _ *http.Request) {
	faults := []faultJSON{}
	for _, f := range s.Faults() {
		faults = append(faults, faultJSON{
			Token: f.Token, Mode: f.Mode, Calls: f.Calls, DelayMS: f.Delay.Milliseconds(),
			Status: f.Status, RetryAfter: f.RetryAfter, Location: f.Location, Body: f.Body,
		})
	}
	writeJSON(w, faults)
}

func (s *Server) deleteFaults(w http.ResponseWriter, r *http.Request) {
	if token := r.URL.Query().Get("token"); token != "" {
		s.ClearFaults(token)
	} else {
		s.ClearAllFaults()
	}
	done(w)
}

func (s *Server) putList(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxListBytes))
	if err != nil {
		refuse(w, err)
		return
	}
	s.SetBody(r.PathValue("token"), body)
	done(w)
}

func done(w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) }

// refuse answers a control call that cannot be obeyed. Unlike the service, the
// sandbox quotes the reason: it holds nobody's data.
func refuse(w http.ResponseWriter, err error) {
	status := http.StatusBadRequest
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		status = http.StatusRequestEntityTooLarge
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"message": err.Error()})
}

func writeJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value) // the caller may have left
}
