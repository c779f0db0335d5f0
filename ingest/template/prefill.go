package template

import (
	"context"
	"slices"
	"strings"

	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/judge"
	"taizhang/ingest/read"
	"taizhang/ingest/written"
	"taizhang/internal/archive"
	"taizhang/internal/calendar"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// moneyUnit is the unit of money in templates.
const moneyUnit = "万元"

// Prefill gives what templates are filled in with, from what was received so far.
type Prefill struct {
	read    *read.Reader
	hist    *judge.History
	archive *archive.Archive
}

// New reads what was received so far, as db holds it; a holds the originals.
func New(ctx context.Context, rd *read.Reader, db *warehouse.DB, a *archive.Archive) (*Prefill, error) {
	h, err := judge.Load(ctx, db.Conn, rd.Zone.Code, rd.Zone.Location, rd.Forms)
	if err != nil {
		return nil, err
	}
	return &Prefill{read: rd, hist: h, archive: a}, nil
}

// Directory gives the enterprises of the counting 企业名录, by name.
func (p *Prefill) Directory(ctx context.Context) ([]Enterprise, error) {
	var all []Enterprise
	for _, s := range p.read.Zone.Submitters {
		old := p.hist.Counting(s.Code, "enterprise")
		if old == nil {
			continue
		}
		err := warehouse.Each(ctx, p.hist.Conn, `select enterprise, enterprise_code from raw.enterprise where zone = ? and return_id = ?`, func(v []any) error {
			name, _ := v[0].(string)
			code, _ := v[1].(string)
			if name != "" && code != "" {
				all = append(all, Enterprise{Name: name, Code: code})
			}
			return nil
		}, p.read.Zone.Code, old.ID)
		if err != nil {
			return nil, lang.Errorf("read the enterprise directory: %w", "读取企业名录：%w", err)
		}
	}
	slices.SortFunc(all, func(a, b Enterprise) int { return strings.Compare(a.Name+a.Code, b.Name+b.Code) })
	return slices.CompactFunc(all, func(a, b Enterprise) bool { return a.Name == b.Name }), nil
}

// Rows gives the rows that a template of a form begins with: of a ledger those of the submitter's counting return, to be
// carried on; of a period form those handed in for that period, to be corrected, else none. They come from the original,
// so that what the warehouse holds only masked, and rows that were refused, are as the sender wrote them.
func (p *Prefill) Rows(f *forms.Form, submitter string, period calendar.Period) ([][]any, error) {
	old := p.hist.Counting(submitter, f.ID)
	if f.Mode == forms.Period {
		old = p.hist.Newest(submitter, f.ID, period.String(), true)
	}
	if old == nil || old.IsNil {
		return nil, nil
	}
	content, err := p.archive.Get(old.Sha)
	if err != nil {
		return nil, lang.Errorf("fill in %s of %s: %w", "预填%[2]s的%[1]s：%[3]w", f.Title, old.ID, err)
	}
	name := f.Title
	if s, ok := p.read.Zone.Submitter(submitter); ok {
		name = s.Name
	}
	file := p.read.Parse(read.File{Name: f.Title, Folder: name, Content: content, ReceivedAt: old.ReceivedAt})
	for _, pt := range file.Parts {
		if pt.Form == f {
			return fillIn(pt), nil
		}
	}
	return nil, lang.Errorf("fill in %s: the original of return %s can no longer be read as such", "预填 %s：报表 %s 的原件已读不成报表", f.Title, old.ID)
}

// fillIn gives the rows of a return in their order, refused ones included, money in 万元.
func fillIn(pt *read.Part) [][]any {
	all := append(slices.Clone(pt.Records), pt.Refused...)
	place := map[string]int{}
	for i, t := range pt.Tables {
		place[t.Grid.Name] = i
	}
	slices.SortStableFunc(all, func(a, b read.Record) int {
		if d := place[a.Line.Sheet] - place[b.Line.Sheet]; d != 0 {
			return d
		}
		return a.Line.N - b.Line.N
	})
	var rows [][]any
	for i := range all {
		row := make([]any, len(pt.Form.Columns))
		for k := range pt.Form.Columns {
			row[k] = fillCell(&pt.Form.Columns[k], &all[i], k)
		}
		rows = append(rows, row)
	}
	return rows
}

func fillCell(c *forms.Column, r *read.Record, k int) any {
	v, cell := r.Value(k), r.Line.Cell(k)
	switch {
	case !v.Set || c.Type.Sensitive():
		if s := written.DateText(cell); s != "" && !cell.NoValue {
			return written.Tidy(s)
		}
		return nil
	case c.Type == forms.Date || c.Type == forms.Month:
		return v.Date
	case c.Type == forms.Money:
		s := written.Fixed(v.Num(), 2+written.MoneyUnits[moneyUnit])
		return strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return v.Text
}

// Of is a form as the writer of templates takes it.
func Of(f *forms.Form) Form {
	t := Form{ID: f.ID, Title: f.Title, Version: f.Version()}
	for _, c := range f.Columns {
		col := Column{Field: c.Field, Title: c.Title, Type: string(c.Type), Required: c.Required, NamesOf: f.CodeOf(c.Field)}
		for _, v := range c.Values {
			col.List = append(col.List, v.Name)
		}
		if c.Type == forms.Money {
			col.Unit = moneyUnit
		}
		if c.OpenEnded != nil {
			col.List = c.OpenEnded.Words
		}
		if c.Role == forms.Deadline {
			col.After = 14
		}
		t.Columns = append(t.Columns, col)
	}
	consistent(f, &t)
	return t
}

// consistent sees to it that the example row keeps the form's own rules: what is only filled in under one status stands
// beside that status, and what comes later is dated later.
func consistent(f *forms.Form, t *Form) {
	column := func(field string) *Column {
		for i := range t.Columns {
			if t.Columns[i].Field == field {
				return &t.Columns[i]
			}
		}
		return &Column{}
	}
	for _, r := range f.Rules {
		switch {
		case r.Kind == "present_exactly_when" && len(r.Values) > 0:
			column(r.When).Example = r.Values[0]
		case r.Kind == "absent_when" && (column(r.When).Example == "" || slices.Contains(r.Values, column(r.When).Example)):
			for _, v := range f.Column(r.When).Values {
				if !slices.Contains(r.Values, v.Name) {
					column(r.When).Example = v.Name
					break
				}
			}
		case r.Kind == "not_before":
			if c := column(r.Field); c.After == 0 {
				c.After = column(r.Than).After + 2
			}
		}
	}
	for _, r := range f.Rules {
		if r.Kind == "whole_when" && slices.Contains(r.Values, column(r.When).Example) {
			column(r.Field).Example = heading.ExampleWhole
		}
	}
}
