package mcp

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/gqlhttp"
)

// errorsKey is where a result holds its errors for programs.
const errorsKey = "paymentlinks/errors"

// refusal is the result of a call that was not executed. The protocol wants
// failures of tools among the results, so that the model reads them.
func refusal(ctx context.Context, err error) *sdk.CallToolResult {
	f, ok := errors.AsType[*fault.Error](err)
	switch {
	case ok:
	case fault.KindOf(err) == fault.Canceled:
		f = fault.New(fault.Canceled, "The call was cancelled.")
	default:
		f = fault.NewInternal(nil)
	}
	told := answerError{Message: f.Public}
	told.Extensions.Code = string(f.Kind)
	told.Extensions.RequestID = gqlhttp.RequestID(ctx)
	return failed([]answerError{told})
}

func failed(errs []answerError) *sdk.CallToolResult {
	return &sdk.CallToolResult{
		IsError: true,
		Content: []sdk.Content{&sdk.TextContent{Text: tell(errs)}},
		Meta:    sdk.Meta{errorsKey: errs},
	}
}

// tell writes errors for a model, a line each.
func tell(errs []answerError) string {
	lines := make([]string, len(errs))
	for i, err := range errs {
		lines[i] = err.Extensions.Code + ": " + err.Message
	}
	return strings.Join(lines, "\n")
}

// protocolError is an error of the protocol with our code in its data.
func protocolError(code int64, kind fault.Kind, message, requestID string) *jsonrpc.Error {
	data := map[string]string{"code": string(kind)}
	if requestID != "" {
		data["requestId"] = requestID
	}
	encoded, err := json.Marshal(data)
	if err != nil {
		encoded = nil // it is a map of strings: this does not happen
	}
	return &jsonrpc.Error{Code: code, Message: message, Data: encoded}
}

// noMethod refuses what is not served.
func noMethod(requestID string) *jsonrpc.Error {
	return protocolError(jsonrpc.CodeMethodNotFound, fault.BadRequest, "There is no such method here.", requestID)
}

// plain returns an error of the SDK in our words. What it says of a message
// that does not fit quotes the message, and names types of its own.
func plain(e *jsonrpc.Error, requestID string) *jsonrpc.Error {
	if isOurs(e.Data) {
		return e
	}
	switch e.Code {
	case jsonrpc.CodeParseError:
		return protocolError(e.Code, fault.BadRequest, "The message is not valid JSON.", requestID)
	case jsonrpc.CodeInvalidRequest:
		return protocolError(e.Code, fault.BadRequest, "The message is not a request that can be answered here.", requestID)
	case jsonrpc.CodeMethodNotFound:
		return noMethod(requestID)
	case jsonrpc.CodeInvalidParams:
		return protocolError(e.Code, fault.BadUserInput, "The parameters do not fit the method.", requestID)
	case sdk.CodeHeaderMismatch:
		return protocolError(e.Code, fault.BadRequest, "The header fields of the request do not fit its message.", requestID)
	case sdk.CodeUnsupportedProtocolVersion:
		return &jsonrpc.Error{Code: e.Code, Message: "This version of the protocol is not spoken here.", Data: e.Data}
	}
	return protocolError(jsonrpc.CodeInternalError, fault.Internal, "Internal error", requestID)
}

func isOurs(data json.RawMessage) bool {
	var ours struct {
		Code string `json:"code"`
	}
	return json.Unmarshal(data, &ours) == nil && ours.Code != ""
}
