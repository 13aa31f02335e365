package config

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// errHelp ends a parse that has printed the help.
var errHelp = errors.New("help was printed")

// commandLine is what kong reads: the settings, the commands and --help.
type commandLine struct {
	Config `embed:""`

	Help helpFlag `short:"h" help:"Show this help."`

	Serve   struct{} `cmd:"" default:"1" help:"Serve the API (the default)."`
	Sandbox struct{} `cmd:"" help:"Serve the sandbox, an upstream to try things on, alone."`
	Schema  struct {
		API    bool `name:"api" xor:"form" help:"As clients see it, without federation: for code generators."`
		Scopes bool `name:"scopes" xor:"form" help:"For a graph whose gateway checks scopes: with @requiresScopes in place of the tag operations."`
	} `cmd:"" help:"Print the GraphQL schema."`
	MCP     struct{} `cmd:"" name:"mcp" help:"Serve an assistant (MCP) over standard input and output; nothing is listened on."`
	Version struct{} `cmd:"" help:"Print the version; --version does too."`

	Doctor DoctorOptions `cmd:"" help:"Examine settings, upstream and the list of the configured pair. Exit code 0: all is well, 1: doubts, 2: it does not work."`
}

// Parse reads args (without the program's name) and environ (KEY=value, as
// os.Environ gives it; of a repeated key the last counts). A flag goes before
// its variable, and that before the settings file that PAYMENTLINKS_CONFIG_FILE names. Help and usage go to stdout and stderr.
//
// An error names the setting, and holds no secret; of several problems each is a
// line of it. Beside it the command is named, where it could be read, and the
// Config holds Doctor alone. After --help the command is Help and the Config empty.
func Parse(args, environ []string, stdout, stderr io.Writer) (Command, Config, error) {
	env := environment(environ)
	file, fileErr := readFileSettings(args, env)
	var problems problems
	for {
		var line commandLine
		resolver := &envResolver{env: env, file: file.values}
		parser, err := newParser(&line, resolver, stdout, stderr)
		if err != nil {
			return "", Config{}, fmt.Errorf("command line: %w", err)
		}
		parsed, err := parser.Parse(asTyped(args))
		switch {
		case errors.Is(err, errHelp):
			return Help, Config{}, nil
		case err != nil && resolver.last != "":
			// kong stops at the first value that it cannot read: go on without it.
			problems.add(fmt.Errorf("%s: %w", resolver.last, err), resolver.last)
			resolver.forget()
			continue
		case err != nil:
			problems.add(err, "")
			return "", Config{}, problems.err()
		}
		command := commandOf(parsed, line)
		if !command.usesSettings() {
			return command, line.Config, nil
		}
		trimLists(parser.Model.Flags)
		c := line.Config
		c.Doctor = line.Doctor
		c.settings = describe(parser.Model.Flags)
		c.given = given(parsed)
		c.Warnings = unknownVariables(env, c.settings)
		problems.add(fileErr, variable(configFileFlag))
		file.unknownKeys(c.settings, &problems)
		checkRanges(parser.Model.Flags, c.given, &problems)
		c.complete(command, env, &problems)
		if err := problems.err(); err != nil {
			return command, Config{Doctor: c.Doctor}, err
		}
		return command, c, nil
	}
}

// trimLists leaves out the spaces that people write after the commas of a list.
func trimLists(flags []*kong.Flag) {
	for _, flag := range flags {
		if list, ok := reflect.TypeAssert[[]string](flag.Target); ok {
			for i := range list {
				list[i] = strings.TrimSpace(list[i])
			}
		}
	}
}

// asTyped takes --version and help for the commands that they are elsewhere.
func asTyped(args []string) []string {
	switch {
	case len(args) == 0:
	case args[0] == "--version":
		return append([]string{string(Version)}, args[1:]...)
	case args[0] == "help":
		return append(slices.Clone(args[1:]), "--help")
	}
	return args
}

func commandOf(parsed *kong.Context, line commandLine) Command {
	command := Command(parsed.Command())
	if command == Schema && line.Schema.API {
		return APISchema
	}
	if command == Schema && line.Schema.Scopes {
		return ScopedSchema
	}
	return command
}

// usesSettings reports whether settings matter to a command. For those to which
// they do not, none is read or checked.
func (c Command) usesSettings() bool { return c == Serve || c == Sandbox || c == Doctor || c == MCP }

// given returns the flags that somebody set, on the command line or as a
// variable, be it to their defaults.
func given(parsed *kong.Context) []string {
	var names []string
	for _, path := range parsed.Path {
		if path.Flag != nil {
			names = append(names, path.Flag.Name)
		}
	}
	return names
}

func newParser(line *commandLine, resolver kong.Resolver, stdout, stderr io.Writer) (*kong.Kong, error) {
	return kong.New(line, append(mappers(),
		kong.Name("paymentlinks"),
		kong.Description("A GraphQL API over the payment links of Billpocket.\n\n"+
			"Exit codes: 0 where all was done, also after a signal to stop; 1 where a setting is wrong or the program cannot serve; of doctor 0, 1 for doubts, and 2 where it does not work."),
		kong.NoDefaultHelp(),
		kong.Writers(stdout, stderr),
		kong.Resolvers(resolver),
		kong.ValueFormatter(helpText),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 120}),
		kong.Exit(func(int) {}), // Parse returns; it never ends the program
	)...)
}

// helpFlag prints the help and ends the parse with errHelp, where kong's own
// would end the program.
type helpFlag bool

// BeforeReset is called by kong when the flag is given. Where no command was, it
// tells of all: kong's own help would be that of the default one.
func (helpFlag) BeforeReset(ctx *kong.Context) error {
	shown := *ctx
	if !slices.Contains(ctx.Args, ctx.Command()) {
		shown.Path = ctx.Path[:1]
	}
	if err := shown.PrintUsage(false); err != nil {
		return err
	}
	return errHelp
}

// envResolver gives kong the values that come from variables, and those of the
// settings file where no variable is set.
type envResolver struct {
	env  map[string]string // by variable
	file map[string]string // by flag
	// last is the variable of the setting that was read last: the one at fault if
	// the parse ends there, since values are converted one by one.
	last string
}

// forget leaves out the value that was read last.
func (r *envResolver) forget() {
	if _, ok := r.env[r.last]; ok {
		delete(r.env, r.last)
		return
	}
	delete(r.file, flagOf(r.last))
}

// Validate has nothing to check: unknown variables are not an error.
func (*envResolver) Validate(*kong.Application) error { return nil }

// Resolve returns a variable's value, or nil. The commands that use no setting read none.
func (r *envResolver) Resolve(ctx *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	r.last = ""
	command := Command(ctx.Command())
	value, ok := r.env[variable(flag.Name)]
	if !ok {
		value, ok = r.file[flag.Name]
	}
	if !ok || flag.Name == "help" || flag.Group == nil || !command.usesSettings() {
		return nil, nil //nolint:nilnil // how a kong.Resolver says that it has no value
	}
	r.last = variable(flag.Name)
	return value, nil
}

// variable returns the variable's name of a flag.
func variable(flag string) string {
	return Prefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// flagOf returns the flag's name of a variable.
func flagOf(variable string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(variable, Prefix), "_", "-"))
}

// environment indexes environ; empty values are absent.
func environment(environ []string) map[string]string {
	env := make(map[string]string, len(environ))
	for _, entry := range environ {
		key, value, _ := strings.Cut(entry, "=")
		env[key] = value
		if value == "" {
			delete(env, key)
		}
	}
	return env
}
