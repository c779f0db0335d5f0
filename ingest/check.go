package ingest

import (
	"context"

	"taizhang/ingest/finding"
	"taizhang/internal/warehouse"
)

// Check says what a file would get, against what was received before as db holds it (nil: nothing was), touching nothing.
func (in *Intake) Check(ctx context.Context, db *warehouse.DB, f File) (*finding.Report, error) {
	h := newHistory(in.Zone.Location, in.Forms)
	if db != nil {
		var err error
		if h, err = loadHistory(ctx, db.Conn, in.Zone.Code, in.Zone.Location, in.Forms); err != nil {
			return nil, err
		}
	}
	j, err := in.judge(ctx, h, in.read(f), 0, nil)
	if err != nil {
		return nil, err
	}
	return j.report, nil
}
