package config

import (
	"errors"
	"slices"
	"strings"
)

// problems collects what is wrong, so that an operator hears of all of it at once.
type problems struct {
	errs []error
	// about are the variables of the settings that have a problem already.
	about []string
}

// add takes an error about a setting. An error that names another setting with
// a problem may follow from that one alone, and is left out. A nil err is none.
func (p *problems) add(err error, setting string) {
	if err == nil || slices.ContainsFunc(p.about, func(other string) bool {
		return other != setting && strings.Contains(err.Error(), other)
	}) {
		return
	}
	p.errs = append(p.errs, err)
	if setting != "" {
		p.about = append(p.about, setting)
	}
}

func (p *problems) err() error { return errors.Join(p.errs...) }
