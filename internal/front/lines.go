package front

// lineKind is what a header line is to us.
type lineKind int

const (
	// lineCompared has to be equal.
	lineCompared lineKind = iota
	// lineIgnored may be anything that is valid.
	lineIgnored
	// lineForwarded is X-Forwarded-For, which the log tells of.
	lineForwarded
	// lineLength is Content-Length, which is compared too.
	lineLength
	// lineConnection is Connection, which is compared too.
	lineConnection
	// lineID is X-Request-Id, which is echoed.
	lineID
	// lineBreaks changes where a request ends or what a connection is.
	lineBreaks
)

// fields are the lines that are not just compared. What is ignored are lines
// that the edge never reads: who sent the request and by which way
// (User-Agent, Via, Forwarded and its forerunners, Referer), and where in a
// trace it belongs (traceparent, tracestate).
var fields = map[string]lineKind{ //nolint:gochecknoglobals // never written
	"content-length": lineLength, "connection": lineConnection, "x-request-id": lineID,
	"transfer-encoding": lineBreaks, "upgrade": lineBreaks, "expect": lineBreaks, "trailer": lineBreaks,
	"user-agent": lineIgnored, "referer": lineIgnored, "via": lineIgnored, "forwarded": lineIgnored, "x-real-ip": lineIgnored,
	"x-forwarded-for": lineForwarded, "x-forwarded-host": lineIgnored, "x-forwarded-port": lineIgnored,
	"x-forwarded-proto": lineIgnored, "x-forwarded-server": lineIgnored,
	"traceparent": lineIgnored, "tracestate": lineIgnored,
}

// longestField is the length of the longest name in fields.
const longestField = len("x-forwarded-server")

func classify(name []byte) lineKind {
	if len(name) > longestField {
		return lineCompared
	}
	var lower [longestField]byte
	for i, c := range name {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		lower[i] = c
	}
	return fields[string(lower[:len(name)])]
}

// isRequestID is the edge's rule for ids that are echoed.
func isRequestID(id []byte) bool {
	const maxBytes = 64
	if len(id) == 0 || len(id) > maxBytes {
		return false
	}
	for _, c := range id {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.':
		default:
			return false
		}
	}
	return true
}
