package mcp

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"paymentlinks/internal/fault"
	"paymentlinks/internal/tenant"
)

// maxLineBytes bounds a message over standard input.
const maxLineBytes = 1 << 20

// ServeStdio answers one client, who is caller, a message a line, until in ends
// or ctx does; neither is an error. Nothing but messages is written to out.
func (s *Server) ServeStdio(ctx context.Context, caller tenant.Tenant, in io.ReadCloser, out io.Writer) error {
	if !caller.IsZero() {
		ctx = tenant.NewContext(ctx, caller)
	}
	err := s.server.Run(ctx, lines{&sdk.IOTransport{Reader: in, Writer: unclosed{out}, MaxLineLength: maxLineBytes}})
	if err != nil && ctx.Err() == nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("serve over standard input: %w", err)
	}
	return nil
}

// unclosed is standard output, which stays open.
type unclosed struct{ io.Writer }

// Close implements io.Closer.
func (unclosed) Close() error { return nil }

// lines is a transport whose errors are said in our words.
type lines struct{ sdk.Transport }

// Connect implements sdk.Transport.
func (l lines) Connect(ctx context.Context) (sdk.Connection, error) {
	connection, err := l.Transport.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return wording{connection}, nil
}

type wording struct{ sdk.Connection }

// Write implements sdk.Connection.
func (w wording) Write(ctx context.Context, message jsonrpc.Message) error {
	if response, ok := message.(*jsonrpc.Response); ok && response.Error != nil {
		message = &jsonrpc.Response{ID: response.ID, Error: plainError(response.Error, "")}
	}
	return w.Connection.Write(ctx, message)
}

// plainError is plain for any error.
func plainError(err error, requestID string) *jsonrpc.Error {
	if e, ok := errors.AsType[*jsonrpc.Error](err); ok {
		return plain(e, requestID)
	}
	return protocolError(jsonrpc.CodeInternalError, fault.Internal, "Internal error", requestID)
}
