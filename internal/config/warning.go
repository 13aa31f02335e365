package config

import (
	"context"
	"log/slog"
)

// Warning is about one setting or variable.
type Warning struct {
	// Setting names the variable.
	Setting string
	// Message is a sentence about it; it holds no value of a setting.
	Message string
	// Nearest is the setting that a misspelled variable was perhaps meant to be; often empty.
	Nearest string
}

// Warnings are in the order in which they were found.
type Warnings []Warning

// Log logs each at level warn.
func (ws Warnings) Log(ctx context.Context, logger *slog.Logger) {
	for _, w := range ws {
		logger.WarnContext(ctx, "doubtful setting", "setting", w.Setting, "problem", w.Message, "nearest", w.Nearest)
	}
}

// Sentences tells each in one.
func (ws Warnings) Sentences() []string {
	var sentences []string
	for _, w := range ws {
		sentence := w.Setting + ": " + w.Message
		if w.Nearest != "" {
			sentence += " Perhaps " + w.Nearest + " was meant."
		}
		sentences = append(sentences, sentence)
	}
	return sentences
}
