package weekly

import (
	"context"
	"slices"
	"sort"
	"strings"

	"taizhang/internal/lang"
	"taizhang/internal/metric"
	"taizhang/internal/warehouse"
	"taizhang/internal/workbook"
	"taizhang/queries"
)

// build turns the declaration into a book.
func (w *weekly) build(ctx context.Context) (workbook.Book, error) {
	o := w.options
	b := workbook.Book{
		Title: w.book.title.fill(w), Footer: w.book.footer.fill(w),
		Props: workbook.Props{
			Subject: "截至" + chineseDate(w.ask.AsOf), Creator: "taizhang " + o.Version, Category: "周报",
			Description: "数据版本 " + w.word("known_at", ""), Created: w.ask.KnownAt,
			Custom: []workbook.Property{
				{Name: "截至日期", Value: w.ask.AsOf.String()},
				{Name: "数据版本时点", Value: w.ask.KnownAt.Format("2006-01-02 15:04:05")},
			},
		},
	}
	if o.Version != "" {
		b.Props.Custom = append(b.Props.Custom, workbook.Property{Name: "程序版本", Value: o.Version})
	}
	if w.inputs != "" {
		b.Props.Custom = append(b.Props.Custom, workbook.Property{Name: "输入SHA-256", Value: w.inputs})
	}
	named := map[string]bool{}
	if err := w.findLists(ctx); err != nil {
		return b, err
	}
	for _, s := range w.book.sheets {
		if s.compares() && !w.issued {
			continue // nothing was published that could have moved
		}
		sheet := workbook.Sheet{Name: s.plain, OnePage: s.onePage, Grid: s.cards}
		if s.landscape {
			sheet.Orientation = workbook.Landscape
		}
		for i, block := range s.blocks {
			if block.heading != nil && i+1 < len(s.blocks) && s.blocks[i+1].text != nil && len(paragraphs(s.blocks[i+1].text.fill(w))) == 0 {
				continue // a heading over nothing
			}
			out, err := w.block(ctx, s, block, named)
			if err != nil {
				return b, lang.Errorf("sheet %s: %w", "工作表 %s：%w", s.plain, err)
			}
			sheet.Blocks = append(sheet.Blocks, out...)
		}
		again, err := w.reissued(ctx, s, named)
		if err != nil {
			return b, lang.Errorf("sheet %s: %w", "工作表 %s：%w", s.plain, err)
		}
		sheet.Blocks = append(sheet.Blocks, again...)
		if filled(s, sheet.Blocks) {
			b.Sheets = append(b.Sheets, sheet)
		}
	}
	if len(b.Sheets) > 0 {
		b.Sheets[0].Blocks = noticed(b.Sheets[0].Blocks, notice(o.Notice))
	}
	tidy(&b)
	return b, nil
}

// noticed puts what readers must know under the title of a first sheet that doesn't say it, as one of a zone's own
// declaration may not.
func noticed(blocks []workbook.Block, text string) []workbook.Block {
	at := 0
	for i, b := range blocks {
		switch x := b.(type) {
		case workbook.Note:
			if strings.Contains(x.Text, text) {
				return blocks
			}
		case workbook.Title:
			if at == 0 {
				at = i + 1
			}
		}
	}
	if text == "" {
		return blocks
	}
	return slices.Insert(slices.Clone(blocks), at, workbook.Block(workbook.Note{Text: text, Strong: true}))
}

// block builds one block; named are the figures that have a defined name already.
func (w *weekly) block(ctx context.Context, s sheet, b block, named map[string]bool) ([]workbook.Block, error) {
	switch {
	case b.title != nil:
		return w.title(s, b.title), nil
	case b.heading != nil:
		return just(workbook.Heading{Text: b.heading.fill(w)}), nil
	case b.note != nil:
		return w.note(b.note), nil
	case b.text != nil:
		return w.paragraphs(b.text), nil
	case b.box != nil:
		return just(*b.box), nil
	case b.figures != nil:
		return w.cards(s, named), nil
	case b.list != nil:
		return unlessEmpty(w.list(b.list, named)), nil
	case b.charts != nil:
		return just(workbook.Charts{Items: b.charts.items, Height: b.charts.height}), nil
	case b.movers > 0:
		return w.moverNotes(s, b.movers), nil
	case b.worst > 0:
		return w.worst(ctx, b.worst)
	case b.rows != nil:
		if t := w.lists[b.rows.fact]; t != nil {
			return unlessEmpty(*t), nil
		}
	case b.table != nil:
		return w.tableBlock(ctx, b)
	}
	return nil, nil
}

func just(b workbook.Block) []workbook.Block { return []workbook.Block{b} }

// unlessEmpty leaves out a table without rows: a head alone would look as if rows were missing.
func unlessEmpty(t workbook.Table) []workbook.Block {
	if len(t.Rows) == 0 {
		return nil
	}
	return just(t)
}

func (w *weekly) title(s sheet, b *titleBlock) []workbook.Block {
	t := workbook.Title{Text: b.text.fill(w), Sub: b.sub.fill(w)}
	if s.onePage && s.cards > 0 {
		t.Logo = w.book.logo
	}
	if b.back != "" {
		t.Link = &workbook.Link{Text: "返回" + b.back, Sheet: b.back}
	}
	return just(t)
}

func (w *weekly) note(b *noteBlock) []workbook.Block {
	text := b.text.fill(w)
	if text == "" {
		return nil
	}
	return just(workbook.Note{Text: text, Strong: b.strong, Small: b.small, Indent: b.indent})
}

func (w *weekly) paragraphs(text *template) (out []workbook.Block) {
	for _, p := range paragraphs(text.fill(w)) {
		out = append(out, workbook.Note{Text: p, Indent: true})
	}
	return out
}

func (w *weekly) cards(s sheet, named map[string]bool) []workbook.Block {
	f := workbook.Figures{}
	for _, it := range w.shown(s) {
		f.Items = append(f.Items, w.card(it, named))
	}
	return just(f)
}

func (w *weekly) moverNotes(s sheet, most int) (out []workbook.Block) {
	for _, t := range w.movers(w.shown(s), most) {
		out = append(out, workbook.Note{Text: "· " + t})
	}
	return out
}

// tableBlock is a table of figures; one of forms that the zone doesn't collect, or of what moved since a publication that
// there wasn't, is left out.
func (w *weekly) tableBlock(ctx context.Context, b block) ([]workbook.Block, error) {
	if !w.hasForm(b.table.forms) || b.compares() && !w.issued {
		return nil, nil
	}
	t, err := w.table(ctx, b.table)
	if b.compares() {
		t = w.calling(t)
	}
	return just(t), err
}

// light is the word of a figure's light at a point; no target, no light.
func (w *weekly) light(name string, p warehouse.Point) workbook.Light {
	f, target := w.at[p][name], w.targetAt(name, p.AsOf)
	if target == nil {
		return ""
	}
	return workbook.Light(queries.Light(w.book.metrics[name], f.Value, f.Coverage, *target))
}

// silent says of a figure that it is zero and that no return of its forms has come.
func (w *weekly) silent(m *metric.Metric, f figure) bool {
	return queries.Silent(m, f.Value, f.Coverage)
}

// headline are the figures shown as cards on a sheet.
func (s sheet) headline() []item {
	var out []item
	for _, b := range s.blocks {
		out = append(out, b.figures...)
	}
	return out
}

// card is a headline figure.
func (w *weekly) card(it item, named map[string]bool) workbook.Figure {
	m, now, last := w.book.metrics[it.metric], w.now[it.metric], w.last[it.metric].Value
	target := w.target(it.metric)
	s := scaleOf(m.Unit, it.unit, now.Value, last)
	f := workbook.Figure{
		Label:  it.label,
		Value:  workbook.Number{Value: s.stored(now.Value), Format: s.format(), Missing: "—", From: w.derived(m, s)},
		Detail: detailOf(now, m.Unit),
		Last:   workbook.Number{Value: s.stored(last), Format: s.format(), Missing: w.noLast(m), Before: "上周"},
		Change: s.change(now.Value, last),
		Light:  w.light(it.metric, w.ask),
		Trend:  it.trend,
	}
	f.Tone = toneOf(m.Better, f.Change)
	if target != nil {
		ts := s
		if !s.ratio {
			ts = scaleOf(m.Unit, it.unit, now.Value, last, target)
			ts.decimals = min(ts.decimals, 1)
			if ts.unit == "万元" && *target >= 1e6 {
				ts.decimals = 0
			}
		}
		f.Target = workbook.Number{Value: ts.stored(target), Format: ts.format(), Before: "目标"}
	}
	if it.link != nil && *it.link != (workbook.Link{}) {
		l := *it.link
		f.Link = &l
	}
	if rows := w.rowsLink(m); rows != nil {
		if f.More = f.Link; f.More != nil {
			f.More.Text = "见“" + it.goal + "”"
		}
		f.Link = rows
	}
	if !named[m.ID] {
		named[m.ID] = true
		f.Value.Name, f.Last.Name = m.Label+"_本周", m.Label+"_上周"
	}
	return f
}

// listTitles are the columns of a list of figures.
var listTitles = []string{"指标", "本期", "分子/分母", "上周", "变动", "目标", "灯", "覆盖情况"}

// list shows figures as rows.
func (w *weekly) list(l *listBlock, named map[string]bool) workbook.Table {
	t := workbook.Table{ID: l.id, Title: l.title}
	for i, title := range listTitles {
		kind := []workbook.Kind{workbook.Text, workbook.Num, workbook.Mark, workbook.Num, workbook.Num, workbook.Num, workbook.LightK, workbook.Text}[i]
		t.Columns = append(t.Columns, workbook.Column{Title: title, Kind: kind})
	}
	for _, it := range l.items {
		if !w.feeds(w.book.metrics[it.metric]) {
			continue
		}
		c := w.card(it, named)
		fig := w.now[it.metric]
		row := []any{
			workbook.Cell{Value: it.label, Link: c.Link}, numberCell(c.Value), orDash(fraction(fig, w.book.metrics[it.metric].Unit), "—"), numberCell(c.Last),
			numberCell(c.Change), numberCell(c.Target), c.Light, orDash(coverageOf(fig), "齐全"),
		}
		change := row[4].(workbook.Cell)
		change.Tone = c.Tone
		row[4] = change
		t.Rows = append(t.Rows, row)
	}
	return t
}

// numberCell is a figure's number as a cell of a table.
func numberCell(n workbook.Number) workbook.Cell {
	c := workbook.Cell{Kind: workbook.Num, Value: n.Value, Format: n.Format, Name: n.Name, From: n.From}
	if n.Value == nil {
		c.Value = "—"
	}
	return c
}

func orDash(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// cellOf is a value at its scale.
func cellOf(s scale, v *float64) workbook.Cell {
	return numberCell(workbook.Number{Value: s.stored(v), Format: s.format()})
}

func changeCell(s scale, now, last *float64) workbook.Cell {
	return numberCell(s.change(now, last))
}

// sortKeys orders the values of a dimension.
func (w *weekly) sortKeys(by string, keys []string) {
	switch by {
	case "submitter", "street", "department":
		w.inOrder(keys)
	case "week", "month":
		sort.Strings(keys)
	}
}
