package read

import (
	"fmt"
	"slices"
	"strings"

	"taizhang/ingest/around"
	"taizhang/ingest/cell"
	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/layout"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// unitOf finds the unit of a money column: in its heading, else on the sheet, else elsewhere in the return, else in the title.
func (rd *Reader) unitOf(pt *Part, tb *layout.Table, at *heading.Placed) (int, bool) {
	switch {
	case at.HasUnit:
		return at.Unit, true
	case tb.Said.HasUnit:
		return tb.Said.Unit, true
	}
	for _, t := range append(slices.Clone(tb.Said.Titles), around.Said{Text: tb.Grid.Name}) {
		for _, m := range written.InParens().FindAllStringSubmatch(spelling.Squash(t.Text), -1) {
			if exp, ok := written.UnitIn(m[1]); ok {
				return exp, true
			}
		}
	}
	return pt.said.Unit, pt.said.HasUnit
}

// countUnits finds a unit of counts that is written beside a table (单位：家、百个) where headings don't say whose it is.
func countUnits(tb *layout.Table, h *heading.Head) []finding.Finding {
	for _, said := range append([]around.Said{tb.Said.UnitLabel}, tb.Said.Units...) {
		_, word, ok := written.CountScale(said.Text)
		if _, money := written.MoneyUnits[word]; !ok || money {
			continue
		}
		var columns []string
		for i := range h.Columns {
			if p := &h.Columns[i]; p.Col > 0 && p.Field.Type == forms.Int && !p.Field.InKey {
				if p.Scale > 0 {
					return nil
				}
				columns = append(columns, p.Field.Title)
			}
		}
		if len(columns) > 0 {
			return []finding.Finding{finding.CountUnit(word, columns).At(finding.Place{Sheet: said.Sheet, Cell: said.Ref, Value: written.Short(said.Text, 30)})}
		}
	}
	return nil
}

// unitsDiffer finds statements of a table's money unit that contradict one another: two above the table, or headings that
// all say another one than what stands above, which then holds for no column. A heading that says its own unit beside
// amounts in the table's (人均（元） in a table in 万元) contradicts nothing.
func unitsDiffer(pt *Part, tb *layout.Table, h *heading.Head) []finding.Finding {
	if len(tb.Said.Units) == 0 {
		return nil
	}
	first := tb.Said.Units[0]
	exp, _ := written.UnitIn(first.Text)
	for _, other := range tb.Said.Units[1:] {
		if e, _ := written.UnitIn(other.Text); e != exp {
			return []finding.Finding{finding.UnitDiffers(first.Ref, unitName(exp), other.Ref, unitName(e), unitName(exp)).At(finding.Place{Sheet: other.Sheet, Cell: other.Ref, Value: other.Text})}
		}
	}
	var odd *heading.Placed
	for i := range pt.Form.Columns {
		at := h.Column(pt.Form.Columns[i].Field)
		if at == nil || at.Col == 0 || pt.Form.Columns[i].Type != forms.Money {
			continue
		}
		if !at.HasUnit || at.Unit == exp {
			return nil
		}
		if odd == nil {
			odd = at
		}
	}
	if odd == nil {
		return nil
	}
	return []finding.Finding{finding.UnitHeading(first.Ref, unitName(exp), odd.Title, unitName(odd.Unit)).At(finding.Place{Sheet: first.Sheet, Cell: first.Ref, Field: odd.Field.Field, Value: first.Text})}
}

// unitName is a money unit in words, by its power of ten of yuan.
func unitName(exp int) string {
	if name, ok := map[int]string{0: "元", 2: "百元", 3: "千元", 4: "万元", 5: "十万元", 6: "百万元", 7: "千万元", 8: "亿元"}[exp]; ok {
		return name
	}
	return fmt.Sprintf("10的%d次方元", exp)
}

// oddUnitOf finds a unit of a money column that is written and is none of money in yuan: in its heading, else on the
// sheet or in its title where nothing else states one.
func oddUnitOf(tb *layout.Table, at *heading.Placed, known bool) string {
	if word, odd := written.OddUnit(at.Title); odd || known {
		return word
	}
	if word, odd := written.OddWord(tb.Said.UnitLabel.Text); odd {
		return word
	}
	for _, t := range tb.Said.Titles {
		for _, m := range written.InParens().FindAllStringSubmatch(spelling.Squash(t.Text), -1) {
			if strings.Contains(m[1], "单位") || strings.Contains(m[1], "币种") {
				if word, odd := written.OddWord(m[1]); odd {
					return word
				}
			}
		}
	}
	return ""
}

// fractions says whether the percentages of a column that carry no sign are all at most 1: then 0.85 means 85 %.
func fractions(tb *layout.Table, k int) bool {
	for i := range tb.Lines {
		cell := tb.Lines[i].Cell(k)
		text := written.Plain(cell.Text)
		if cell.Percent && cell.Kind == sheet.Number || strings.HasSuffix(text, "%") {
			continue
		}
		if d, err := written.ParseDecimal(text); err == nil {
			if n, _ := d.Rounded(6); n.Cmp(written.Pow10(6)) > 0 {
				return false
			}
		}
	}
	return true
}

// needsUnit says whether a money column has a cell that doesn't state its unit itself.
func (rd *Reader) needsUnit(tb *layout.Table, block, k int) bool {
	for i := range tb.Lines {
		c := tb.Lines[i].Cell(k)
		if tb.Lines[i].Block != block || c.Kind == sheet.Empty || cell.Dashes[strings.ToLower(written.Tidy(c.Text))] {
			continue
		}
		if !cell.StatesUnit(&c) && !strings.ContainsAny(c.Text, "¥￥") { // ¥ says 元, where nothing says otherwise
			return true
		}
	}
	return false
}
