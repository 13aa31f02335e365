package config

import "slices"

// Files are those that are read again while the program runs. Manifests may also
// be folders and patterns.
func (c Config) Files() (files, manifests []string) {
	for _, name := range []string{c.File.ConfigFile, c.Secrets.UserTokenFile, c.Secrets.APIKeyFile} {
		if name != "" {
			files = append(files, name)
		}
	}
	return files, c.Persisted.Manifests
}

// Renewed returns c with what changes while the program runs, as fresh has it:
// the trusted documents, the configured pair of credentials, and the limits on
// documents, operations, bodies, answers and errors. waiting are the variables of
// the other settings that differ in fresh; they need a new start.
func (c Config) Renewed(fresh Config) (renewed Config, waiting []string) {
	renewed = c
	renewed.settings, renewed.Warnings = fresh.settings, fresh.Warnings
	renewed.Persisted.Manifests, renewed.Persisted.TrustedOnly = fresh.Persisted.Manifests, fresh.Persisted.TrustedOnly
	renewed.Callers.UserToken, renewed.Callers.APIKey = fresh.Callers.UserToken, fresh.Callers.APIKey
	renewed.Document, renewed.Operation = fresh.Document, fresh.Operation
	renewed.Document.MemoryBytes = c.Document.MemoryBytes
	renewed.Edge.MaxBodyBytes, renewed.Edge.MaxErrors, renewed.Edge.MaxAnswerBytes = fresh.Edge.MaxBodyBytes, fresh.Edge.MaxErrors, fresh.Edge.MaxAnswerBytes
	for i, s := range fresh.settings {
		if s.Value != c.settings[i].Value && !s.isRenewed() {
			waiting = append(waiting, s.Env)
		}
	}
	return renewed, waiting
}

// isRenewed reports whether Renewed takes a setting over.
func (s Setting) isRenewed() bool {
	return s.Group == "Limits" && s.Flag != "max-header-bytes" ||
		slices.Contains([]string{"trusted-documents", "trusted-only", "user-token", "api-key", "user-token-file", "api-key-file"}, s.Flag)
}
