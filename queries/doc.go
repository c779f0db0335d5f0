// Package queries answers what people ask of a publication: metrics and their
// breakdowns, the rows behind them, what moved them, returns and their state,
// saved queries. It only reads.
//
// Words: an ask is a question as somebody puts it, a question what is left of
// it for one evaluation; a figure is a metric's value at a point, in total or
// of a group; kept figures are those that the marts hold; a trace is the list
// of the rows that a figure follows from; the coverage of a figure is how many
// returns it waited for, how many came, and what was left out of them. Where a
// point is the publication's own, the materialised models answer, else the
// stored model texts are evaluated again (restated).
package queries
