package model

import "paymentlinks/graph/fastlist"

// SerialEnvironmentSummary writes PaymentLinkEnvironmentSummary.
func SerialEnvironmentSummary() fastlist.Object[*EnvironmentSummary] {
	return fastlist.Object[*EnvironmentSummary]{
		Name: "PaymentLinkEnvironmentSummary",
		Field: func(field *fastlist.Field) fastlist.Value[*EnvironmentSummary] {
			if field.Name == "environment" {
				return func(w *fastlist.Writer, e *EnvironmentSummary) { w.String(e.Environment().String()) }
			}
			return serialGroupField[*EnvironmentSummary](field)
		},
	}
}

// SerialSlugSummary writes PaymentLinkSlugSummary.
func SerialSlugSummary() fastlist.Object[*SlugSummary] {
	return fastlist.Object[*SlugSummary]{
		Name: "PaymentLinkSlugSummary",
		Field: func(field *fastlist.Field) fastlist.Value[*SlugSummary] {
			if field.Name == "slug" {
				return func(w *fastlist.Writer, s *SlugSummary) { w.Text(s.group.Slug) }
			}
			return serialGroupField[*SlugSummary](field)
		},
	}
}

// SerialPeriodSummary writes PaymentLinkPeriodSummary.
func SerialPeriodSummary() fastlist.Object[*PeriodSummary] {
	return fastlist.Object[*PeriodSummary]{
		Name: "PaymentLinkPeriodSummary",
		Field: func(field *fastlist.Field) fastlist.Value[*PeriodSummary] {
			switch field.Name {
			case "from":
				return func(w *fastlist.Writer, p *PeriodSummary) { w.Time(p.From(), true) }
			case "to":
				return func(w *fastlist.Writer, p *PeriodSummary) { w.Time(p.To(), true) }
			}
			return serialGroupField[*PeriodSummary](field)
		},
	}
}

// group is what all groups of a summary have.
type group interface {
	Count() int32
	ByCurrency() []CurrencySummary
}

func serialGroupField[G group](field *fastlist.Field) fastlist.Value[G] {
	switch field.Name {
	case "count":
		return func(w *fastlist.Writer, g G) { w.Int(g.Count(), true) }
	case "byCurrency":
		return fastlist.NestedList(field, SerialCurrencySummary(), func(g G) []CurrencySummary { return g.ByCurrency() })
	}
	return nil
}
