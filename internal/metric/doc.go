// Package metric turns the declarations of metrics.yaml into SQL: one
// declaration is the figure, its breakdowns, the rows behind it and the tables
// of the marts, so that none can disagree with another. It runs nothing but
// the parser of expressions.
//
// Words: a metric is a declared figure; a fact is the core model whose rows it
// counts; a measure is one aggregate over a fact's rows (a ratio has two, num
// and den); a dimension is what a figure can be broken down by; a grain is a
// breakdown by time, its buckets weeks or months; a compiler writes the
// statements of one fact's metrics; what one row adds to a measure is its
// contribution; a cube is all figures of a fact, in total and by every
// dimension. Facts are ledgers (the state at a date), periods (rows dated
// within a window) or obligations (what fell due in the week before a date).
//
// A new metric is an entry of metrics.yaml, whose head says what may stand in
// it; go generate ./cmd/taizhang lists it in docs/metrics.md, and the weekly
// shows it where queries/weekly/weekly.yaml names it. No metric needs Go, but
// data/figures.go counts each a second time, to be compared with.
package metric
