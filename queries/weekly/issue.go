package weekly

import (
	"context"
	"slices"
	"strings"

	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
	"taizhang/internal/workbook"
	"taizhang/queries"
)

// Issue is one issue of the weekly report: the workbook and what the
// other papers are made from.
type Issue struct {
	Zone      string
	AsOf      string // 2022年8月15日
	KnownAt   string // 2022-08-15 12:00
	Signature string // who signs papers that go out
	Book      workbook.Book
	Said      *Said  // to be kept for the next issue's 更正说明
	Report    []Part // 文字材料
	Mail      Mail
	Overdue   []Overdue
	Extracts  []Extract
	Notice    string // what readers must know of how up to date the figures are; empty: nothing
}

// Mail is what the mail with the workbook says.
type Mail struct{ Subject, Text string }

// Overdue is an unfinished matter past its deadline. Dates read 2022-08-15.
type Overdue struct {
	Unit, Ledger, No, Matter, Assigned, Deadline, Progress string
	Days                                                   int
	Person                                                 string // 责任人; of the five ledgers 问题台账 alone names one
}

// Extract is what a submitter gets of the workbook: its own rows and what
// it owes.
type Extract struct {
	Unit string
	Book workbook.Book
}

// Whole builds the workbook and everything that goes out beside it.
func Whole(ctx context.Context, r *queries.Reader, p warehouse.Point, o Options) (*Issue, error) {
	w, err := newWeekly(ctx, r, r.Catalogue, p, o)
	if err != nil {
		return nil, lang.Errorf("weekly report: %w", "周报：%w", err)
	}
	out := &Issue{Zone: w.zone, AsOf: w.word("as_of", ""), KnownAt: w.word("known_at", ""), Signature: w.book.signature.fill(w), Notice: notice(o.Notice)}
	if out.Book, err = w.build(ctx); err != nil {
		return nil, lang.Errorf("weekly report: %w", "周报：%w", err)
	}
	out.Said = w.said()
	tables := map[string]workbook.Table{}
	for _, s := range out.Book.Sheets {
		for _, b := range s.Blocks {
			if t, ok := b.(workbook.Table); ok {
				tables[t.ID] = t
			}
		}
	}
	if out.Report, err = w.wholeReport(ctx, tables); err != nil {
		return nil, lang.Errorf("weekly report: %w", "周报：%w", err)
	}
	out.Mail = Mail{w.book.mailSubject.fill(w), strings.Join(paragraphs(w.book.mailText.fill(w)), "\n\n")}
	if out.Mail.Subject == "" { // a zone's own declaration may leave these to us
		out.Mail.Subject = out.Book.Title + "（截至" + out.AsOf + "）"
	}
	if out.Mail.Text == "" {
		out.Mail.Text = strings.Join(textsOf(out.Report), "\n")
	}
	if out.Overdue, err = w.overdue(ctx); err != nil {
		return nil, lang.Errorf("overdue matters: %w", "超期事项：%w", err)
	}
	out.Extracts = w.extracts(out.Book)
	return out, nil
}

func (w *weekly) overdue(ctx context.Context) ([]Overdue, error) {
	got, err := rows(ctx, w.src, w.ask, `select o.unit, case when o.form = 'special_item' then split_part(o.item_no, ' ', 1) else o.form_title end,
		case when o.form = 'special_item' then split_part(o.item_no, ' ', 2) else o.item_no end, o.title, cast(o.assigned_on as varchar), cast(o.deadline as varchar),
		o.days_overdue, o.progress_note, trim(p.responsible)
		from mart.overdue as o
		left join core.fct_problem as p on o.form = 'problem' and p.zone = o.zone and p.return_id = o.return_id and p.sheet = o.sheet and p.row_no = o.row_no
		where o.unit is not null order by o.unit_seq, o.unit, o.days_overdue desc, o.form, o.item_no, o.return_id, o.sheet, o.row_no`)
	if err != nil {
		return nil, err
	}
	var out []Overdue
	for _, r := range got.Rows {
		text := func(i int) string { s, _ := r[i].(string); return s }
		days, _ := r[6].(int64)
		out = append(out, Overdue{
			Unit: text(0), Ledger: text(1), No: text(2), Matter: text(3), Assigned: text(4), Deadline: text(5), Days: int(days), Progress: text(7), Person: text(8),
		})
	}
	return out, nil
}

// plainOf is a value without how its cell looks.
func plainOf(v any) any {
	if c, ok := v.(workbook.Cell); ok {
		return c.Value
	}
	return v
}

// unitColumns are the titles under which a table names the unit that a row
// concerns; the first that is there decides.
var unitColumns = []string{"责任单位", "填报单位", "牵头单位", "承办单位"}

// leadColumns are the titles under which a row names the unit that has to do what it says.
var leadColumns = []string{"责任单位", "牵头单位", "承办单位"}

// extracts cuts the workbook up by submitter. Tables whose rows name a unit
// keep that unit's rows; everything else stays out, for it tells of others.
func (w *weekly) extracts(b workbook.Book) []Extract {
	var units []string
	for u := range w.seq {
		units = append(units, u)
	}
	w.inOrder(units)
	var out []Extract
	for _, u := range units {
		x := workbook.Book{Title: u + "　" + b.Title, Footer: b.Footer, Props: b.Props}
		for _, s := range b.Sheets {
			if s := ofUnit(s, u); s != nil {
				x.Sheets = append(x.Sheets, *s)
			}
		}
		if len(x.Sheets) == 0 {
			continue
		}
		intro := workbook.Table{ID: "contents", Columns: []workbook.Column{{Title: "内容"}, {Title: "行数", Kind: workbook.Int}}, Title: "目录"}
		for _, s := range x.Sheets {
			for _, block := range s.Blocks {
				if t, ok := block.(workbook.Table); ok {
					name := s.Name
					if title := strings.TrimPrefix(t.Title, ordinal().FindString(t.Title)); title != "" && title != name { // without its number among the others
						name += "：" + title
					}
					intro.Rows = append(intro.Rows, []any{workbook.Cell{Value: name, Link: &workbook.Link{Table: t.ID}}, int64(len(t.Rows))})
				}
			}
		}
		first := workbook.Sheet{Name: "目录", Blocks: []workbook.Block{
			workbook.Title{Text: w.zone + "　" + u, Sub: "截至" + w.word("as_of", "") + "　数据版本：" + w.word("known_at", "") + "　只含本单位报送的数据行和本单位的待办、欠报"}, intro,
		}}
		first.Blocks = noticed(first.Blocks, notice(w.options.Notice))
		x.Sheets = slices.Insert(x.Sheets, 0, first)
		out = append(out, Extract{u, x})
	}
	return out
}

// partOfPart is said to a unit of a list that the workbook doesn't hold whole.
const partOfPart = "周报的明细只列了一部分，本单位的行在这里可能不全，全部见汇总台账。"

// ofUnit is the part of a sheet that concerns a unit, nil for none.
func ofUnit(s workbook.Sheet, unit string) *workbook.Sheet {
	out := workbook.Sheet{Name: s.Name, Orientation: s.Orientation}
	tables, n := 0, 0
	for _, block := range s.Blocks {
		switch x := block.(type) {
		case workbook.Title:
			x.Link = &workbook.Link{Text: "返回目录", Sheet: "目录"}
			x.Sub, x.Logo = "", nil
			out.Blocks = append(out.Blocks, x)
		case workbook.Table:
			col := -1
			for _, title := range unitColumns {
				if col < 0 {
					col = slices.IndexFunc(x.Columns, func(c workbook.Column) bool { return c.Title == title })
				}
			}
			leads := -1
			if x.Dense { // a list of rows: its first column is the submitter; what the unit leads of others' rows is its own too
				col = 0
				leads = slices.IndexFunc(x.Columns, func(c workbook.Column) bool { return slices.Contains(leadColumns, c.Title) })
			}
			if col < 0 || x.ID == "" {
				continue
			}
			rows := slices.Concat(x.Rows, x.Rest) // what the whole zone's page has no room for is the unit's all the same
			x.Rows, x.Rest, x.Cut, x.Total, x.Note = nil, nil, false, nil, ""
			if x.Partial {
				x.Note = partOfPart
			}
			for _, r := range rows {
				if col < len(r) && r[col] == unit || leads >= 0 && leads < len(r) && plainOf(r[leads]) == unit {
					x.Rows = append(x.Rows, r)
				}
			}
			if len(x.Rows) > 0 {
				x.Title = numbered(x.Title, &n)
				out.Blocks = append(out.Blocks, x)
				tables++
			}
		}
	}
	if tables == 0 {
		return nil
	}
	return &out
}
