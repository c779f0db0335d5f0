package ingest

import (
	"context"

	"taizhang/ingest/finding"
	"taizhang/ingest/receipt"
	"taizhang/internal/warehouse"
)

// Check says what a file would get, against what was received before as db holds it (nil: nothing was), touching
// nothing. source is what its receipt is made from.
func (in *Intake) Check(ctx context.Context, db *warehouse.DB, f File) (report *finding.Report, source receipt.Source, err error) {
	h := newHistory(in.Zone.Location, in.Forms)
	if db != nil {
		if h, err = loadHistory(ctx, db.Conn, in.Zone.Code, in.Zone.Location, in.Forms); err != nil {
			return nil, source, err
		}
	}
	p, _, err := in.readGuarded(ctx, f)
	if err != nil {
		return nil, source, err
	}
	j, err := in.judge(ctx, h, p, 0, nil)
	if err != nil {
		return nil, source, err
	}
	return j.report, p.source(), nil
}

// office is who answers in receipts.
func (in *Intake) office() receipt.Office {
	return receipt.Office{Zone: in.Zone.Name, Contact: in.Zone.Contact}
}

// source is what the receipt of a file is made from. What could not be read is not handed back either.
func (p *parsed) source() receipt.Source {
	s := receipt.Source{Format: p.format, Grids: p.grids}
	if p.format != "" {
		s.Content = p.file.Content
	}
	return s
}
