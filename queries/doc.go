// Package queries answers what people ask of a publication: metrics and their
// breakdowns, the rows behind them, returns and their state, and ad-hoc SQL.
//
// Words: a metric is a figure declared in metrics.yaml; a fact is the core
// model whose rows it counts; a measure is one aggregate over a fact's rows
// (a ratio has two, num and den); a dimension is what a figure can be broken
// down by; a trace is the list of the rows that a figure follows from; the
// coverage of a figure is how many returns it waited for, how many came, and
// what was left out of them. An ask names as-of date A, known-at time K and
// start; where these are the publication's own, the materialised models
// answer, else the stored model texts are evaluated again (restated).
package queries
