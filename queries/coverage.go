package queries

import (
	"context"
	"slices"
	"time"

	"taizhang/internal/lang"
	"taizhang/internal/metric"
	"taizhang/internal/warehouse"
)

// cover holds the coverage of forms by point, time bucket and submitter.
type cover struct {
	timed bool
	grain *metric.Grain
	cells map[coverKey]Coverage
}

type coverKey struct {
	form              string
	moment            [2]any // of the point, where several were asked for
	bucket, submitter string // empty: all
	zone              string // likewise
}

// coverage counts the returns that figures of some facts wait for: of ledger
// forms the newest due period of everyone still obliged at each point, of
// period forms every due period that lies in the window or, where rows are
// told apart by their day, the bucket.
func (r *Reader) coverage(ctx context.Context, src *warehouse.Restated, facts []*metric.Fact, q question) (*cover, error) {
	c := &cover{timed: q.timed(), grain: q.buckets, cells: map[coverKey]Coverage{}}
	var forms []string
	for _, f := range facts {
		for _, form := range f.Forms {
			if !slices.Contains(forms, form) {
				forms = append(forms, form)
			}
		}
	}
	if len(forms) == 0 {
		return c, nil
	}
	query := metric.Covered(src.Name(metric.ObligationTable), src.Name(metric.CountedTable), forms, q.buckets, c.timed)
	t, err := r.table(ctx, query)
	if err != nil {
		return nil, lang.Errorf("coverage: %w\n%s", "报送覆盖情况：%w\n%s", err, query)
	}
	for _, row := range t.Rows {
		c.add(row)
	}
	return c, nil
}

// add adds a row of metric.Covered.
func (c *cover) add(row []any) {
	submitter, _ := row[1].(string)
	add := Coverage{row[3].(int64), row[4].(int64), row[5].(int64), row[6].(int64)}
	zone, _ := row[9].(string)
	for i := range 4 { // of everybody, of each unit, each zone, each unit of a zone
		k := coverKey{form: row[0].(string), moment: [2]any{row[7], row[8]}, bucket: row[2].(string)}
		if i&1 == 1 {
			k.submitter = submitter
		}
		if i&2 == 2 {
			k.zone = zone
		}
		have := c.cells[k]
		c.cells[k] = Coverage{have.Expected + add.Expected, have.Received + add.Received,
			have.RowsRefused + add.RowsRefused, have.ValuesEmptied + add.ValuesEmptied}
	}
}

// of is the coverage of a figure: its forms', at its point, in its bucket, of
// its submitter where the figure is one submitter's, of its zone where it is one's.
func (c *cover) of(forms []string, p warehouse.Point, dims []DimValue, conditions map[string]string) Coverage {
	k := coverKey{}
	if c.timed {
		k.moment = momentOf(p)
	}
	if c.grain != nil && len(c.grain.Buckets) == 1 {
		k.bucket = c.grain.Buckets[0].Label
	}
	pick := func(dim, value string) {
		switch {
		case dim == "submitter":
			k.submitter = value
		case dim == "zone":
			k.zone = value
		case c.grain != nil && dim == c.grain.Dim:
			k.bucket = value
		}
	}
	for d, v := range conditions {
		pick(d, v)
	}
	for _, d := range dims {
		if d.Value != nil {
			pick(d.Dimension, *d.Value)
		}
	}
	var all Coverage
	for _, k.form = range forms {
		x := c.cells[k]
		all = Coverage{all.Expected + x.Expected, all.Received + x.Received, all.RowsRefused + x.RowsRefused, all.ValuesEmptied + x.ValuesEmptied}
	}
	return all
}

// instant writes a TIMESTAMP of the warehouse as RFC 3339, nil stays nil.
func (r *Reader) instant(v any) any {
	s, ok := v.(string)
	if !ok {
		return nil
	}
	t, err := warehouse.ParseWallClock(s, r.loc)
	if err != nil {
		return s
	}
	return t.Format(time.RFC3339)
}
