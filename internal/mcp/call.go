package mcp

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/gqlhttp"
	"paymentlinks/internal/tenant"
)

// handler answers the calls of a tool.
func (s *Server) handler(t *tool) sdk.ToolHandler {
	return func(ctx context.Context, req *sdk.CallToolRequest) (result *sdk.CallToolResult, _ error) {
		defer func() {
			if recover() != nil { // the goroutine is the SDK's: a panic would end the program
				result = refusal(ctx, fault.NewInternal(nil))
			}
		}()
		result, err := s.call(ctx, t, req.Params.Arguments)
		if err != nil {
			return refusal(ctx, err), nil
		}
		return result, nil
	}
}

// answer is what gqlhttp answers with.
type answer struct {
	Data   json.RawMessage `json:"data"`
	Errors []answerError   `json:"errors"`
}

type answerError struct {
	Message    string          `json:"message"`
	Path       json.RawMessage `json:"path,omitempty"`
	Extensions struct {
		Code       string `json:"code"`
		RequestID  string `json:"requestId,omitempty"`
		RetryAfter int64  `json:"retryAfter,omitempty"`
	} `json:"extensions"`
}

// call executes what a tool is asked for. Its error is why nothing was executed.
func (s *Server) call(ctx context.Context, t *tool, arguments json.RawMessage) (*sdk.CallToolResult, error) {
	variables, err := t.bind(arguments)
	if err != nil {
		return nil, err
	}
	caller, _ := tenant.FromContext(ctx)
	body := s.operations.Execute(ctx, caller, gqlhttp.Operation{Document: t.document, Name: t.operation, Variables: variables, Route: "mcp " + t.name})
	if body == nil {
		return nil, context.Canceled
	}
	var got answer
	if err := json.Unmarshal(body, &got); err != nil {
		return nil, fault.NewInternal(err)
	}
	return t.result(got)
}

// result turns an answer into what the assistant gets.
func (t *tool) result(got answer) (*sdk.CallToolResult, error) {
	var data map[string]any
	if len(got.Data) > 0 {
		d := json.NewDecoder(bytes.NewReader(got.Data))
		d.UseNumber()
		if err := d.Decode(&data); err != nil {
			return nil, fault.NewInternal(err)
		}
	}
	if len(got.Errors) > 0 && (!holdsAny(data) || isWrongInput(got.Errors)) {
		return failed(got.Errors), nil
	}
	if t.answer.count(data) > maxLinks {
		return nil, fault.NewLimit("links", "The answer holds more than 50 links: ask for fewer, and go on with a cursor.")
	}
	result := &sdk.CallToolResult{}
	shown := got.Data
	if t.image != nil {
		image, err := takeImage(data, t.image)
		if err != nil {
			return nil, err
		}
		if image != nil {
			result.Content = append(result.Content, image)
		}
		if shown, err = json.Marshal(data); err != nil {
			return nil, fault.NewInternal(err)
		}
	}
	result.StructuredContent = shown
	result.Content = append(result.Content, &sdk.TextContent{Text: textIsData}, &sdk.TextContent{Text: string(shown)})
	if len(got.Errors) > 0 {
		result.Content = append(result.Content, &sdk.TextContent{Text: "Parts are missing:\n" + tell(got.Errors)})
		result.Meta = sdk.Meta{errorsKey: got.Errors}
	}
	return result, nil
}

// isWrongInput reports whether something is missing because of the arguments: then
// the call is better made again than half an answer read.
func isWrongInput(errs []answerError) bool {
	return slices.ContainsFunc(errs, func(err answerError) bool { return err.Extensions.Code == string(fault.BadUserInput) })
}

// holdsAny reports whether any root field has a value.
func holdsAny(data map[string]any) bool {
	for _, value := range data {
		if value != nil {
			return true
		}
	}
	return false
}

// takeImage takes a data URI out of data and returns its picture; nil when
// there is none.
func takeImage(data map[string]any, path []string) (*sdk.ImageContent, error) {
	object := data
	for _, name := range path[:len(path)-1] {
		below, ok := object[name].(map[string]any)
		if !ok {
			return nil, nil //nolint:nilnil // there is no picture
		}
		object = below
	}
	name := path[len(path)-1]
	uri, _ := object[name].(string)
	delete(object, name)
	mediaType, encoded, ok := strings.Cut(strings.TrimPrefix(uri, "data:"), ";base64,")
	if !ok {
		return nil, fault.NewInternal(errors.New("a picture is no data URI"))
	}
	picture, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, fault.NewInternal(err)
	}
	return &sdk.ImageContent{Data: picture, MIMEType: mediaType}, nil
}
