package sheet

import (
	"context"

	"taizhang/internal/opc"
	"taizhang/internal/xmlscan"
)

// Limits bound what reading one file may cost. Zero fields mean the default.
type Limits struct {
	FileBytes     int64 // the file itself
	InflatedBytes int64 // all parts of a zip package, unpacked
	Ratio         int   // unpacked : packed of one part, looked at once it is large
	Parts         int   // members of a zip package
	Sheets        int
	Rows          int   // highest row with content: blank cells and rows may lie anywhere
	Columns       int   // highest column with content
	CellBytes     int   // text of one cell, UTF-8
	SharedStrings int   // distinct texts of a workbook
	Cells         int   // cells of a sheet read whole, or repeated by a writer's shorthand
	Merged        int   // merged ranges of a sheet
	Depth         int   // nesting of elements
	GridBytes     int64 // memory of a book's grids: their cells and texts

	ctx context.Context // ends the reading of the file
}

// Bounds that nobody sets.
const (
	MetaBytes = 64 << 20 // of a part that is read whole: relationships, workbook, styles
	MaxRescan = 16 << 30 // of looking for sheets inside one XML document: each is found by reading all those before it
	MaxIndex  = 1 << 40  // beyond every row and column that can be meant
)

// Expired says whether the time for the file is up. Readers ask wherever they
// go on to the next piece of a file.
func (l *Limits) Expired() error {
	if l.ctx == nil || l.ctx.Err() == nil {
		return nil
	}
	return ErrTooSlow(l.ctx)
}

// ErrTooSlow is the refusal of a file whose time ended with ctx.
func ErrTooSlow(ctx context.Context) *Refusal { return Refuse(TooSlow, "%w", context.Cause(ctx)) }

// DefaultLimits are far above what an office's return needs and far below what
// hurts one office PC. Rows and columns are Excel's own (ECMA-376 18.3.1.73).
func DefaultLimits() Limits {
	p := opc.DefaultLimits()
	return Limits{
		FileBytes:     200 << 20,
		InflatedBytes: p.Bytes,
		Ratio:         p.Ratio,
		Parts:         p.Parts,
		Sheets:        2_000,
		Rows:          1 << 20,
		Columns:       1 << 14,
		CellBytes:     1 << 20,
		SharedStrings: 8 << 20,
		Cells:         12 << 20,
		Merged:        1 << 20,
		Depth:         p.Depth,
		GridBytes:     1 << 30,
	}
}

// Filled replaces zero fields by their defaults.
func (l Limits) Filled() Limits {
	d := DefaultLimits()
	def(&l.FileBytes, d.FileBytes)
	def(&l.InflatedBytes, d.InflatedBytes)
	def(&l.Ratio, d.Ratio)
	def(&l.Parts, d.Parts)
	def(&l.Sheets, d.Sheets)
	def(&l.Rows, d.Rows)
	def(&l.Columns, d.Columns)
	def(&l.CellBytes, d.CellBytes)
	def(&l.SharedStrings, d.SharedStrings)
	def(&l.Cells, d.Cells)
	def(&l.Merged, d.Merged)
	def(&l.Depth, d.Depth)
	def(&l.GridBytes, d.GridBytes)
	return l
}

func def[T int | int64](v *T, d T) {
	if *v <= 0 {
		*v = d
	}
}

// Pack is the share of the limits that concerns a package.
func (l Limits) Pack() opc.Limits {
	return opc.Limits{Bytes: l.InflatedBytes, Ratio: l.Ratio, Parts: l.Parts, Depth: l.Depth}
}

// XML is the share of the limits that concerns an XML part.
func (l Limits) XML() xmlscan.Limits {
	return xmlscan.Limits{Piece: 2*l.CellBytes + 64<<20, Depth: l.Depth, Alive: l.Expired}
}
