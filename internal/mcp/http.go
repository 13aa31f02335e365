package mcp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/gqlhttp"
)

// Path is where the protocol is served.
const Path = "/mcp"

// Protocol returns how the tools are served over HTTP: one message with each
// POST, answered in JSON, and no session. callers says who is asking. resource
// is nil where callers bring no tokens of an issuer.
func (s *Server) Protocol(callers gqlhttp.Identifier, resource *Resource) gqlhttp.Protocol {
	streamable := sdk.NewStreamableHTTPHandler(func(*http.Request) *sdk.Server { return s.server }, &sdk.StreamableHTTPOptions{
		Stateless:                    true,
		JSONResponse:                 true,
		DisableLocalhostProtection:   true, // gqlhttp has checked Host and Origin, and knows which are configured
		MaxRequestBodyBytes:          -1,   // gqlhttp has read the body within its bound
		PropagateRequestCancellation: true,
	})
	return gqlhttp.Protocol{
		Method:  http.MethodPost,
		Callers: callers,
		Headers: "Last-Event-ID, Mcp-Method, Mcp-Name, Mcp-Protocol-Version, Mcp-Session-Id",
		Serve:   http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { serve(streamable, w, r) }),
		Refuse: func(w http.ResponseWriter, _ *http.Request, status int, f *fault.Error) {
			if status == http.StatusUnauthorized && resource != nil {
				w.Header().Set("WWW-Authenticate", resource.challenge(w.Header().Get("WWW-Authenticate")))
			}
			refuse(w, status, f)
		},
	}
}

// serve has the SDK answer, and says its errors in our words.
func serve(streamable http.Handler, w http.ResponseWriter, r *http.Request) {
	if subscription := subscribes(r); subscription != nil {
		send(w, http.StatusOK, encoded(&jsonrpc.Response{ID: subscription.ID, Error: noMethod(w.Header().Get("X-Request-Id"))}, nil, w.Header().Get("X-Request-Id")))
		return
	}
	held := &held{header: http.Header{}, status: http.StatusOK}
	streamable.ServeHTTP(held, r)
	maps.Copy(w.Header(), held.header)
	w.Header().Set("Cache-Control", "no-store")
	switch {
	case held.body.Len() == 0:
		w.WriteHeader(held.status)
	case strings.HasPrefix(held.header.Get("Content-Type"), "application/json"):
		send(w, held.status, inOurWords(held.body.Bytes(), w.Header().Get("X-Request-Id")))
	case held.status == http.StatusBadRequest && !accepts(r):
		refuse(w, http.StatusNotAcceptable, fault.New(fault.NotAcceptable, "Accept must list application/json and text/event-stream."))
	case !speaks(r.Header.Get("Mcp-Protocol-Version")):
		refuse(w, held.status, fault.New(fault.BadRequest, "This version of the protocol is not spoken here: speak "+
			strings.Join(sdk.SupportedProtocolVersions(), ", ")+"."))
	case held.status < http.StatusInternalServerError:
		refuse(w, max(held.status, http.StatusBadRequest), fault.New(fault.BadRequest, "The body is not a message that can be answered here."))
	default:
		refuse(w, held.status, fault.NewInternal(nil))
	}
}

// subscribes returns the message of a request that asks for a stream, nil for
// another. The SDK would open one whatever the message is answered with.
func subscribes(r *http.Request) *jsonrpc.Request {
	body, err := io.ReadAll(r.Body) // it is in memory
	r.Body = io.NopCloser(bytes.NewReader(body))
	if err != nil {
		return nil
	}
	message, err := jsonrpc.DecodeMessage(body)
	if err != nil {
		return nil
	}
	if request, ok := message.(*jsonrpc.Request); ok && request.Method == "subscriptions/listen" {
		return request
	}
	return nil
}

// accepts reports whether a client can read both forms of an answer, as the
// protocol asks of it.
func accepts(r *http.Request) bool {
	accept := strings.ToLower(strings.Join(r.Header["Accept"], ","))
	if strings.Contains(accept, "*/*") {
		return true
	}
	return strings.Contains(accept, "application/json") && strings.Contains(accept, "text/event-stream")
}

// speaks reports whether a version of the protocol is spoken; "" is the
// client's way to leave it open.
func speaks(version string) bool {
	return version == "" || slices.Contains(sdk.SupportedProtocolVersions(), version)
}

// inOurWords returns an answer, or several, with the SDK's errors replaced.
func inOurWords(body []byte, requestID string) []byte {
	message, err := jsonrpc.DecodeMessage(body)
	if err == nil {
		return encoded(message, body, requestID)
	}
	var batch []json.RawMessage
	if json.Unmarshal(body, &batch) != nil {
		return body
	}
	for i, one := range batch {
		if message, err := jsonrpc.DecodeMessage(one); err == nil {
			batch[i] = encoded(message, one, requestID)
		}
	}
	all, err := json.Marshal(batch)
	if err != nil {
		return body
	}
	return all
}

// encoded returns a message with its error replaced, or as it was.
func encoded(message jsonrpc.Message, as []byte, requestID string) []byte {
	response, ok := message.(*jsonrpc.Response)
	if !ok || response.Error == nil {
		return as
	}
	told, err := jsonrpc.EncodeMessage(&jsonrpc.Response{ID: response.ID, Error: plainError(response.Error, requestID)})
	if err != nil {
		return as
	}
	return told
}

// refuse answers a request whose message was not looked at: without an id.
func refuse(w http.ResponseWriter, status int, f *fault.Error) {
	code := int64(jsonrpc.CodeInvalidRequest)
	if f.Kind == fault.Internal {
		code = jsonrpc.CodeInternalError
	}
	told, err := json.Marshal(map[string]any{
		"jsonrpc": "2.0", "id": nil, "error": protocolError(code, f.Kind, f.Public, w.Header().Get("X-Request-Id")),
	})
	if err != nil {
		told = fmt.Appendf(nil, `{"jsonrpc":"2.0","id":null,"error":{"code":%d,"message":"Internal error"}}`, jsonrpc.CodeInternalError)
	}
	send(w, status, told)
}

func send(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may have left
}

// held is an answer of the SDK before it is sent.
type held struct {
	header http.Header
	status int
	body   bytes.Buffer
}

var _ http.ResponseWriter = (*held)(nil)

// Header implements http.ResponseWriter.
func (h *held) Header() http.Header { return h.header }

// WriteHeader implements http.ResponseWriter.
func (h *held) WriteHeader(status int) { h.status = status }

// Write implements http.ResponseWriter.
func (h *held) Write(p []byte) (int, error) { return h.body.Write(p) }

// Flush implements http.Flusher: nothing is sent before it is whole.
func (h *held) Flush() {}
