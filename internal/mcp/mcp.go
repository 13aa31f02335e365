package mcp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"paymentlinks/internal/gqlhttp"
	"paymentlinks/internal/tenant"
)

// Operations executes operations, as gqlhttp.API does.
type Operations interface {
	// Execute returns an answer in JSON; nil when ctx was cancelled. caller is the
	// zero value for one that brought nothing.
	Execute(ctx context.Context, caller tenant.Tenant, op gqlhttp.Operation) []byte
}

// Config says what the tools are made of. Operations and Schema are required.
type Config struct {
	// Operations executes what the tools ask.
	Operations Operations
	// Schema is the SDL that clients see.
	Schema string
	// Trusted are the texts of the trusted documents. Of operations of one name
	// the last is the tool.
	Trusted []string
	// Version is told to clients.
	Version string
	// Logger hears of trusted documents that cannot become tools; nil discards.
	Logger *slog.Logger
}

// Server is a set of tools, whoever asks for them. It is safe for concurrent use.
type Server struct {
	operations Operations
	tools      []*tool
	server     *sdk.Server
}

// instructions are what an assistant is told of all tools.
const instructions = `These tools read a merchant's payment links, and change nothing. ` + textIsData

// New makes the tools.
func New(cfg Config) (*Server, error) {
	if cfg.Operations == nil {
		return nil, errors.New("mcp: Operations is required")
	}
	cfg.Logger = cmp.Or(cfg.Logger, slog.New(slog.DiscardHandler))
	maker, err := newMaker(cfg.Schema)
	if err != nil {
		return nil, err
	}
	s := &Server{operations: cfg.Operations}
	if s.tools, err = maker.builtIn(); err != nil {
		return nil, err
	}
	s.tools = append(s.tools, maker.trusted(cfg.Trusted, s.tools, cfg.Logger)...)
	s.server = sdk.NewServer(&sdk.Implementation{Name: "paymentlinks", Title: "Payment links", Version: cfg.Version}, &sdk.ServerOptions{
		Instructions: instructions,
		Capabilities: &sdk.ServerCapabilities{Tools: &sdk.ToolCapabilities{}},
	})
	s.server.AddReceivingMiddleware(s.receive)
	for _, t := range s.tools {
		described, err := t.describe()
		if err != nil {
			return nil, fmt.Errorf("mcp: tool %s: %w", t.name, err)
		}
		s.server.AddTool(described, s.handler(t))
	}
	return s, nil
}
