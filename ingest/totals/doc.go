// Package totals holds what a return says of its own sums and numbers of rows (合计, 小计, 共12件) against the rows below its
// heads, as they are written: refused and repeated ones included.
//
// Words: a claim is what a total states for one column; it is summed from a stretch of lines, the likeliest first; a cause
// is the one row by which claim and sum differ.
//
// Which stretches a total may sum goes into sums.go, how a total is said in a sentence into said.go, numbers of rows into
// rows.go, what explains a difference into cause.go. Which rows are totals at all is told in rowkind and layout.
package totals

import (
	"taizhang/ingest/cell"
	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/layout"
)

// Return is the rows of a return that totals are held against, and what is known of their columns.
type Return struct {
	Form    *forms.Form
	Tables  []*layout.Table
	Facts   map[*heading.Head][]cell.Facts // by head and field: what cells are read by
	Repeats int                            // identical rows that count once with an earlier one
	Add     func(finding.Finding)          // takes what is found
}
