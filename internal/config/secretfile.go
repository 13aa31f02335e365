package config

import (
	"errors"
	"strings"

	"paymentlinks/internal/bounded"
)

// maxSecretFileBytes is far more than any credential has.
const maxSecretFileBytes = 64 << 10

// readSecrets fills the secrets that come from files.
func (c *Config) readSecrets() error {
	for _, s := range []struct {
		flag   string
		secret *string
		file   string
	}{
		{"user-token", &c.Callers.UserToken, c.Secrets.UserTokenFile},
		{"api-key", &c.Callers.APIKey, c.Secrets.APIKeyFile},
		{"redis-password", &c.Sharing.Password, c.Sharer.PasswordFile},
	} {
		if s.file == "" {
			continue
		}
		if *s.secret != "" {
			return problem(s.flag+"-file", "contradicts %s: give one of them", variable(s.flag))
		}
		text, err := readSecret(s.file)
		if err != nil {
			return problem(s.flag+"-file", "cannot be used: %w", err)
		}
		*s.secret = text
	}
	return nil
}

// readSecret reads a file without the white space round its text: editors and
// echo end files with a line break.
func readSecret(name string) (string, error) {
	content, err := bounded.ReadTextFile(name, maxSecretFileBytes)
	if err != nil {
		return "", err
	}
	text := strings.TrimSpace(string(content))
	if text == "" {
		return "", errors.New("the file is empty")
	}
	return text, nil
}
