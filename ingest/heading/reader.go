// Package heading finds the heads of tables on sheets and places the fields of a
// form on their columns, whatever they are called.
//
// Words: a page is a sheet, or the part of it that one table takes; a head is the
// rows of headings, a heading what stands over one column, through its groups; a
// column is placed where a field of the form is found; an aside is a table beside
// the one that is read; a marker is what a template's hidden sheet says of it.
//
// A new way of writing heads goes into page.go and heading.go, of taking a column
// whose heading means nothing into complete.go, a mark under listed values into
// ticks.go, another unit of a column into unitcolumn.go.
package heading

import (
	"taizhang/ingest/finding"
	"taizhang/ingest/units"
)

// Reader finds heads on sheets and completes them.
type Reader struct {
	Vocab *Vocabulary
	Units *units.Register
}

// Notes are findings on their way to a return.
type Notes []finding.Finding

// Add notes a finding.
func (n *Notes) Add(f finding.Finding) { *n = append(*n, f) }
