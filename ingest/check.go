package ingest

import (
	"context"

	"taizhang/ingest/finding"
	"taizhang/ingest/judge"
	"taizhang/ingest/read"
	"taizhang/ingest/receipt"
	"taizhang/ingest/template"
	"taizhang/internal/archive"
	"taizhang/internal/warehouse"
)

// Check says what a file would get, against what was received before as db holds it (nil: nothing was), touching
// nothing. source is what its receipt is made from.
func (in *Intake) Check(ctx context.Context, db *warehouse.DB, f read.File) (report *finding.Report, source receipt.Source, err error) {
	h := judge.NewHistory(in.Zone.Location, in.Forms)
	if db != nil {
		if h, err = judge.Load(ctx, db.Conn, in.Zone.Code, in.Zone.Location, in.Forms); err != nil {
			return nil, source, err
		}
	}
	p, _, err := in.read.Read(ctx, f)
	if err != nil {
		return nil, source, err
	}
	j, err := in.judge.File(ctx, h, p, 0)
	if err != nil {
		return nil, source, err
	}
	return j.Report, p.Source(), nil
}

// Prefill reads what was received so far, as db holds it, to fill templates in; a holds the originals.
func (in *Intake) Prefill(ctx context.Context, db *warehouse.DB, a *archive.Archive) (*template.Prefill, error) {
	return template.New(ctx, in.read, db, a)
}

// office is who answers in receipts.
func (in *Intake) office() receipt.Office {
	return receipt.Office{Zone: in.Zone.Name, Contact: in.Zone.Contact}
}
