package ingest

import (
	"context"
	"database/sql"
	"strconv"
	"time"

	"taizhang/ingest/cell"
	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/judge"
	"taizhang/ingest/read"
	"taizhang/ingest/secret"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
	"taizhang/internal/calendar"
	"taizhang/internal/warehouse"
)

// batch gathers the rows of several files for the raw tables.
type batch struct {
	read   *read.Reader
	zone   string
	loc    *time.Location
	forms  *forms.Set
	tables map[string][][]any
	parts  map[string][]*read.Part // by form: those whose typed rows are to be stored
	erased *Erasures
}

func newBatch(in *Intake) *batch {
	return &batch{read: in.read, zone: in.Zone.Code, loc: in.Zone.Location, forms: in.Forms, tables: map[string][][]any{}, parts: map[string][]*read.Part{}}
}

func (b *batch) row(table string, values ...any) { b.tables[table] = append(b.tables[table], values) }

// RawTable is the raw table of a form as the loader takes it.
func RawTable(f *forms.Form) warehouse.Table {
	t := warehouse.Table{Name: "raw." + f.ID}
	for _, c := range f.RawColumns() {
		t.Columns = append(t.Columns, warehouse.Column{Name: c.Name, SQLType: c.SQLType})
	}
	return t
}

func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func whole(n int) any { return strconv.Itoa(n) }

func day(d calendar.Date) any {
	if !d.Valid() {
		return nil
	}
	return d.String()
}

func boolean(b bool) any { return strconv.FormatBool(b) }

func (b *batch) moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return warehouse.WallClock(t, b.loc)
}

// add takes over a judged file.
func (b *batch) add(j *judge.Judged) error {
	said := *j.Report
	said.Returns, said.SHA256 = nil, "" // raw.return has it
	for i, full := range j.Report.Returns {
		r, pt := b.erased.without(j.Report.Arrival, full, j.Parts[i])
		said.Returns = append(said.Returns, r)
		mode, start, end := "", calendar.NoDate, calendar.NoDate
		if f := b.forms.Get(r.Form); f != nil {
			mode = string(f.Mode)
		}
		period := ""
		if r.Period.Valid() {
			period, start, end = r.Period.String(), r.Period.Start, r.Period.End()
		}
		b.row("raw.return", b.zone, r.ID, whole(j.Report.Arrival), secret.MaskText(j.Report.File), archivePath(j.Report.SHA256), j.Report.SHA256,
			text(r.Submitter), text(r.Form), text(mode), text(period), day(start), day(end), day(r.Cutoff), string(r.Outcome), boolean(r.Nil),
			whole(r.Rows), whole(r.RowsRefused), whole(r.ValuesEmptied), whole(r.Count(finding.Error)), whole(r.Count(finding.Warning)),
			b.moment(r.ReceivedAt), b.moment(r.DueAt), boolean(r.Late))
		for n, f := range r.Findings {
			b.row("raw.finding", b.zone, r.ID, whole(n+1), string(f.Severity), f.Rule, f.Sheet, f.Cell, whole(f.Row), text(f.Field), text(f.Value), f.Message, hintOf(f))
		}
		for n, p := range r.PassedOver {
			b.row("raw.passed_over", b.zone, r.ID, whole(n+1), whole(r.RowsIgnored), p.Sheet, whole(p.Row), p.Kind)
		}
		for n, c := range r.Unread {
			b.row("raw.unread", b.zone, r.ID, whole(n+1), whole(r.CellsUnread+r.CommentsUnread), c.Sheet, c.Cell, text(c.Value))
		}
		if r.Outcome != finding.Duplicate {
			for n, e := range r.Explained {
				f := e.Finding
				b.row("raw.explanation", b.zone, r.ID, whole(n+1), f.Mark, f.Rule, f.Sheet, f.Cell, whole(f.Row), text(f.Field), text(e.Key), text(f.Value), f.Message, e.Said)
			}
		}
		if pt != nil && r.Outcome.Counts() {
			b.rows(pt)
		}
	}
	text, err := said.Keep()
	b.row("raw.receipt", b.zone, whole(said.Arrival), text)
	return err
}

// hintOf joins the remedy and the suggested value.
func hintOf(f finding.Finding) any {
	if f.Suggest == "" {
		return text(f.Hint)
	}
	if f.Hint == "" {
		return "建议值：" + f.Suggest
	}
	return f.Hint + "（建议值：" + f.Suggest + "）"
}

// typed gives the typed rows of a form one by one, and how many they are.
func (b *batch) typed(f *forms.Form) (n int, next func() ([]warehouse.Text, error)) {
	parts := b.parts[f.ID]
	for _, pt := range parts {
		n += len(pt.Records)
	}
	var vals []warehouse.Text
	var typed []cell.Value
	part, at := 0, 0
	return n, func() ([]warehouse.Text, error) {
		for part < len(parts) && at == len(parts[part].Records) {
			part, at = part+1, 0
		}
		if part == len(parts) {
			return nil, nil
		}
		pt := parts[part]
		r := &pt.Records[at]
		at++
		vals = append(vals[:0], column(b.zone), column(pt.Ret.ID), column(r.Line.Sheet), column(strconv.Itoa(r.Line.N)), column(r.Key))
		typed = r.Values(typed)
		for k := range f.Columns {
			v := &typed[k]
			vals = append(vals, warehouse.Text{S: v.Text, IsNull: !v.Set})
			if f.Columns[k].Names {
				vals = append(vals, folded(v.Text))
			}
			if f.Columns[k].Type.Sensitive() {
				vals = append(vals, warehouse.Text{S: v.Hash, IsNull: v.Hash == ""})
			}
		}
		return vals, nil
	}
}

func column(s string) warehouse.Text { return warehouse.Text{S: s} }

// rows adds a return's typed rows, refused rows and columns.
func (b *batch) rows(pt *read.Part) {
	f, id := pt.Form, pt.Ret.ID
	b.parts[f.ID] = append(b.parts[f.ID], pt)
	for i := range pt.Refused {
		r := &pt.Refused[i]
		b.row("raw.quarantine", b.zone, id, r.Line.Sheet, whole(r.Line.N), r.Key, b.read.RowText(r, pt), r.Reason())
	}
	for _, t := range pt.Tables {
		for n, h := range t.Heads {
			bounds := t.Bounds[min(n, len(t.Bounds)-1)]
			for _, c := range h.Columns {
				if c.Col == 0 {
					continue
				}
				b.row("raw.return_column", b.zone, id, t.Grid.Name, c.Field.Field, sheet.ColumnName(c.Col), written.Short(secret.MaskText(c.Title), 60), whole(bounds[0]), whole(bounds[1]), whole(bounds[2]))
			}
		}
	}
}

// flush loads everything within the caller's transaction.
func (b *batch) flush(ctx context.Context, conn *sql.Conn) error {
	for _, name := range []string{"raw.return", "raw.return_column", "raw.finding", "raw.passed_over", "raw.unread", "raw.explanation", "raw.receipt", "raw.quarantine"} {
		if err := warehouse.Load(ctx, conn, warehouse.FixedTable(name), b.tables[name]); err != nil {
			return err
		}
	}
	for _, f := range b.forms.Forms {
		n, rows := b.typed(f)
		if err := warehouse.LoadEach(ctx, conn, RawTable(f), n, rows); err != nil {
			return err
		}
	}
	return nil
}

// archivePath is where an original lies, relative to the zone's folder.
func archivePath(sha string) string { return "archive/" + sha[:2] + "/" + sha }
