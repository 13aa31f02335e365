package fault

import (
	"reflect"
	"runtime"
	"time"
)

// NewInternal is an error that was not classified, or a panic. The cause is for
// the log alone; nil when it is logged already.
func NewInternal(cause error) *Error { return Wrap(Internal, "Internal error", cause) }

// NewUpstreamTimeout is an upstream that did not answer in time. The cause may
// be nil.
func NewUpstreamTimeout(cause error) *Error {
	return Wrap(UpstreamTimeout, "Billpocket did not answer in time.", cause)
}

// PanicText is what a log may tell of a panic's value: the runtime's own words,
// else the type alone. The value itself may hold anything of a request.
func PanicText(value any) string {
	if err, ok := value.(runtime.Error); ok {
		return err.Error()
	}
	if value == nil {
		return "nil"
	}
	return reflect.TypeOf(value).String()
}

// The bounds of the time after which trying again can help. The least also
// stands for a time that is absent or cannot be read.
const (
	MinRetryAfter = time.Second
	MaxRetryAfter = 5 * time.Minute
)

// BoundRetryAfter keeps a time within MinRetryAfter and MaxRetryAfter.
func BoundRetryAfter(d time.Duration) time.Duration {
	return min(max(d, MinRetryAfter), MaxRetryAfter)
}
