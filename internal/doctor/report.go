package doctor

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Status is how a check ended.
type Status string

// The ways in which a check ends.
const (
	OK      Status = "ok"
	Doubt   Status = "doubt"
	Failure Status = "failure"
	Skipped Status = "skipped"
)

// Check is one thing that was looked at.
type Check struct {
	Name   string `json:"name"`
	Status Status `json:"status"`
	// Message is a sentence or less; it holds no secret.
	Message string `json:"message"`
}

// Setting is one setting in force; secrets are redacted by who gives it.
type Setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Report is all that was seen.
type Report struct {
	// Status is the worst of the checks.
	Status   Status    `json:"status"`
	Settings []Setting `json:"settings"`
	Checks   []Check   `json:"checks"`
	// List tells of upstream's list; nil where none was read.
	List *List `json:"list,omitempty"`
}

// Refused is the report on settings that the program does not start with.
func Refused(err error) *Report {
	r := &Report{Status: OK}
	r.add("settings", Failure, "%s", err.Error())
	return r
}

func (r *Report) add(name string, status Status, format string, args ...any) {
	r.Checks = append(r.Checks, Check{Name: name, Status: status, Message: fmt.Sprintf(format, args...)})
	if status == Failure || status == Doubt && r.Status == OK {
		r.Status = status
	}
}

// VerdictError is the error of a report that is not all well: Doubt or Failure.
type VerdictError Status

func (v VerdictError) Error() string { return "the examination ends with " + string(v) }

// ExitCode is 1 where there are doubts, and 2 where something does not work.
func (v VerdictError) ExitCode() int {
	if v == VerdictError(Doubt) {
		return 1
	}
	return 2
}

// Write writes the report for a person, or for a machine as JSON. Unless all is
// well, its error is then a VerdictError.
func (r *Report) Write(w io.Writer, asJSON bool) error {
	write := r.writeText
	if asJSON {
		write = r.writeJSON
	}
	if err := write(w); err != nil {
		return err
	}
	if r.Status == Doubt || r.Status == Failure {
		return VerdictError(r.Status)
	}
	return nil
}

// writeJSON writes the report for a machine.
func (r *Report) writeJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}

// writeText writes the report for a person.
func (r *Report) writeText(w io.Writer) error {
	var b strings.Builder
	if len(r.Settings) > 0 {
		b.WriteString("Settings that differ from their defaults\n")
		for _, s := range r.Settings {
			fmt.Fprintf(&b, "  %s=%s\n", s.Name, s.Value)
		}
		b.WriteString("\n")
	}
	for _, c := range r.Checks {
		fmt.Fprintf(&b, "%-8s %-12s %s\n", c.Status, c.Name, c.Message)
	}
	if r.List != nil {
		b.WriteString("\n")
		r.List.writeText(&b)
	}
	fmt.Fprintf(&b, "\n%s\n", map[Status]string{
		OK: "All is well.", Doubt: "There are doubts.", Failure: "It does not work.",
	}[r.Status])
	_, err := io.WriteString(w, b.String())
	return err
}
