package workbook

import (
	"fmt"
	"strings"
	"testing"
)

// TestListOnPaper: what stands to the right of the printed columns is not
// printed and not counted when the page's scale is found; unit and number stay
// on screen beside it.
func TestListOnPaper(t *testing.T) {
	list := Table{
		ID: "rows", Main: true, Filter: true, Dense: true, Keep: 2,
		Columns: []Column{{Title: "单位", Kind: Mark}, {Title: "编号", Kind: Mark}, {Title: "描述", Width: 40}, {Title: "计入", Kind: Int, Screen: true, Width: 30}},
	}
	for i := range 5 {
		list.Rows = append(list.Rows, []any{"产业局", fmt.Sprint("A", i), "事项", int64(i)})
	}
	f := open(t, write(t, Book{Sheets: []Sheet{{Name: "总览", Blocks: []Block{Heading{Text: "一"}}}, {Name: "明细", Orientation: Landscape, Blocks: []Block{
		Title{Text: "明细", Sub: "截至", Link: &Link{Text: "返回总览", Sheet: "总览"}}, list,
	}}}}))
	area := ""
	for _, n := range f.GetDefinedName() {
		if n.Name == "_xlnm.Print_Area" && n.Scope == "明细" {
			area = n.RefersTo
		}
	}
	if !strings.HasPrefix(area, "'明细'!$A$1:$C$") {
		t.Errorf("printed is %s", area)
	}
	if panes, err := f.GetPanes("明细"); err != nil || panes.XSplit != 2 || panes.YSplit == 0 {
		t.Errorf("on screen stay %+v %v", panes, err)
	}
	col, row := cellOf(t, f, "明细", "返回总览")
	if linked, _, err := f.GetCellHyperLink("明细", "A2"); col != 1 || row != 2 || !linked || err != nil {
		t.Errorf("the way back is at column %d, row %d, linked %v", col, row, linked)
	}
	if v, _ := raw(t, f, "明细", 4, 4+4); v == "" {
		t.Error("what is not printed is not there")
	}
}

// TestUnitOnItsOwnLine: a title that doesn't fit breaks before its unit; one
// that fits, or that is a name to programs, doesn't.
func TestUnitOnItsOwnLine(t *testing.T) {
	for _, c := range []struct {
		width float64
		names bool
		want  string
	}{{9, false, "兑付金额\n（万元）"}, {30, false, "兑付金额（万元）"}, {9, true, "兑付金额（万元）"}} {
		f := open(t, write(t, Book{Sheets: []Sheet{{Name: "一", Blocks: []Block{Table{
			Names: c.names, Columns: []Column{{Title: "项目", Width: 60}, {Title: "兑付金额（万元）", Kind: Num, Width: c.width}}, Rows: [][]any{{"甲", 1.5}},
		}}}}}))
		if got, _ := raw(t, f, "一", 2, 1); got != c.want {
			t.Errorf("width %v, names %v: %q", c.width, c.names, got)
		}
	}
}

// TestLastRowsStayTogether: a table that runs over its page by a row takes
// some more along, at a hard break.
func TestLastRowsStayTogether(t *testing.T) {
	for rows := 30; rows < 60; rows++ {
		s := Sheet{Name: "一", Blocks: []Block{Title{Text: "一"}, Table{ID: "a", Title: "甲", Columns: []Column{{Title: "项目", Width: 80}}}}}
		table := s.Blocks[1].(Table)
		for i := range rows {
			table.Rows = append(table.Rows, []any{fmt.Sprint("第", i)})
		}
		s.Blocks[1] = table
		c, err := lay("一", s, nil)
		if err != nil {
			t.Fatal(err)
		}
		p := c.tables["a"]
		for _, b := range c.breaks {
			if left := p.last - b + 1; left > 0 && left < widows-1 {
				t.Errorf("%d rows: %d of them alone on the last page", rows, left)
			}
		}
		if c.height(1, len(c.rows)) > c.room() && len(c.breaks) == 0 {
			t.Errorf("%d rows: no break, though they don't fit", rows)
		}
	}
}

// TestOnePageStaysReadable: a sheet meant for one page is shrunk to it down to
// print that can be read; what is longer runs over several pages.
func TestOnePageStaysReadable(t *testing.T) {
	pages := func(rows int) (fits bool, breaks int) {
		table := Table{ID: "a", Columns: []Column{{Title: "项目", Width: 80}}}
		for i := range rows {
			table.Rows = append(table.Rows, []any{fmt.Sprint("第", i)})
		}
		s := Sheet{Name: "一", OnePage: true, Blocks: []Block{Title{Text: "一"}, table}}
		c, err := lay("一", s, nil)
		if err != nil {
			t.Fatal(err)
		}
		f := open(t, write(t, Book{Sheets: []Sheet{s}}))
		l, err := f.GetPageLayout("一")
		if err != nil {
			t.Fatal(err)
		}
		return *l.FitToHeight == 1, len(c.breaks)
	}
	if fits, _ := pages(45); !fits {
		t.Error("a sheet a little longer than a page runs over")
	}
	if fits, breaks := pages(120); fits || breaks == 0 {
		t.Errorf("three pages of rows on one: %v, %d breaks", fits, breaks)
	}
}

// TestNoteSaysItsLight: a sentence carries its light as a word and leads on.
func TestNoteSaysItsLight(t *testing.T) {
	f := open(t, write(t, Book{Sheets: []Sheet{
		{Name: "一", Blocks: []Block{Note{Text: "超期17项。", Light: Red, Link: &Link{Sheet: "二"}}}}, {Name: "二", Blocks: []Block{Heading{Text: "二"}}},
	}}))
	if got, _ := raw(t, f, "一", 1, 1); got != "【红】超期17项。" {
		t.Errorf("the sentence reads %q", got)
	}
	if linked, _, err := f.GetCellHyperLink("一", "A1"); !linked || err != nil {
		t.Errorf("it leads nowhere: %v", err)
	}
}
