package mcp

import (
	"context"
	"slices"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/gqlhttp"
)

// receive refuses what is not served here before the SDK sees it. Tools are all
// that there is: nothing to subscribe to, and no stream to keep open.
func (s *Server) receive(next sdk.MethodHandler) sdk.MethodHandler {
	served := []string{
		"initialize", "server/discover", "ping", "tools/list", "tools/call", "notifications/initialized", "notifications/cancelled",
		"notifications/progress", "notifications/roots/list_changed",
	}
	return func(ctx context.Context, method string, req sdk.Request) (sdk.Result, error) {
		if !slices.Contains(served, method) {
			return nil, noMethod(gqlhttp.RequestID(ctx))
		}
		if call, ok := req.GetParams().(*sdk.CallToolParamsRaw); ok && method == "tools/call" && !s.has(call.Name) {
			return nil, protocolError(jsonrpc.CodeInvalidParams, fault.BadUserInput, "There is no tool of that name: tools/list names them.", gqlhttp.RequestID(ctx))
		}
		return next(ctx, method, req)
	}
}

func (s *Server) has(name string) bool {
	return slices.ContainsFunc(s.tools, func(t *tool) bool { return t.name == name })
}
