package layout

import (
	"strconv"
	"strings"
	"testing"

	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/units"
	"taizhang/internal/zone"
)

const ledgerHead = "序号 | 问题编号 | 问题来源 | 责任清单 | 问题描述 | 牵头单位 | 交办日期 | 办结时限 | 办理状态 | 剩余天数"

// rowOf writes cells between bars as a row; what looks like a number is one.
func rowOf(n int, line string) sheet.Row {
	row := sheet.Row{N: n}
	for i, t := range strings.Split(line, "|") {
		t = strings.TrimSpace(t)
		if t == "" {
			continue
		}
		c := sheet.Cell{Row: n, Col: i + 1, Kind: sheet.Text, Text: t}
		if f, err := strconv.ParseFloat(t, 64); err == nil {
			c.Kind, c.Num = sheet.Number, f
		}
		row.Cells = append(row.Cells, c)
	}
	return row
}

// TestRowTests holds the examples of the tests of rows to what they say: each example is of its kind, and told by that
// very test, below a head of the problem ledger.
func TestRowTests(t *testing.T) {
	set, err := forms.Load()
	if err != nil {
		t.Fatal(err)
	}
	v := NewVocabulary(set)
	for want := range rowTests {
		test := &rowTests[want]
		like := test.like
		g := &sheet.Grid{Name: "台账", Rows: []sheet.Row{rowOf(1, "问题台账"), rowOf(2, ledgerHead)}}
		after, seen := rowData, 3
		if rest, ok := strings.CutPrefix(like, "(below a note) "); ok {
			like, after = rest, rowNote
		}
		if rest, ok := strings.CutPrefix(like, "(below a memo) "); ok {
			like, after = rest, rowMemo
		}
		if rest, ok := strings.CutPrefix(like, "(first) "); ok {
			like, seen = rest, 0
		}
		wide := false
		if like, wide = strings.CutPrefix(like, "(merged) "); wide {
			g.Merged = []sheet.Range{{Top: 3, Left: 1, Bottom: 3, Right: 9}}
		}
		like, date := strings.CutPrefix(like, "(date) ")
		g.Rows = append(g.Rows, rowOf(3, like))
		if date {
			g.Rows[2].Cells[0].Kind = sheet.Date
		}
		p := NewPage(g)
		h, _ := v.FindHead(p, "")
		if h == nil || h.Form.ID != "problem" {
			t.Fatal("the head is not found")
		}
		down, _ := fillDown(p, 2)
		s := &rowSeen{v: v, p: p, row: &p.Rows[2], h: h, at: place(h), down: down, seen: seen, after: after}
		if kind := s.classify(); kind != test.kind {
			t.Errorf("%q is taken for kind %d, want %d", test.like, kind, test.kind)
		}
		for i := range rowTests {
			if rowTests[i].is(s) {
				if i != want {
					t.Errorf("%q is told by the test of %q", test.like, rowTests[i].like)
				}
				break
			}
		}
	}
}

// TestCertainRowsAreNoHeads: what the fast way past the search for heads rests on.
func TestCertainRowsAreNoHeads(t *testing.T) {
	set, err := forms.Load()
	if err != nil {
		t.Fatal(err)
	}
	v := NewVocabulary(set)
	g := &sheet.Grid{Name: "台账", Rows: []sheet.Row{rowOf(1, ledgerHead), rowOf(2, ledgerHead), rowOf(3, "1 | Q-1 | 走访 | 企业 | 停电 | 经发局 | 2022-08-01 | 2022-08-20 | 办理中 |")}}
	p := NewPage(g)
	h, _ := v.FindHead(p, "")
	for i, certain := range []bool{false, true} {
		s := &rowSeen{v: v, p: p, row: &p.Rows[i+1], h: h, at: place(h), seen: 1, after: rowData}
		if s.classify(); s.certain != certain {
			t.Errorf("row %d: certain %v, want %v", i+2, s.certain, certain)
		}
	}
}

// TestEveryRowAndCellIsAccountedFor: whatever stands in a cell below a head, it is taken, passed over or named.
func TestEveryRowAndCellIsAccountedFor(t *testing.T) {
	set, err := forms.Load()
	if err != nil {
		t.Fatal(err)
	}
	v := NewVocabulary(set)
	z, err := zone.Parse("taizhang.yaml", []byte("zone: 试验区\nsubmitters:\n  - {code: jfj, name: 经发局, kind: department}\n"), zone.Known{})
	if err != nil {
		t.Fatal(err)
	}
	l := &Reader{Vocab: v, Units: units.New(z), Alive: func() {}}
	words := []string{"", "Q-1", "走访", "企业", "停电", "经发局", "2022-08-01", "办理中", "3", "合计", "注：说明", "请选择", "第1页", "√", "一、安全", "无", "—", "问题编号", "本年累计"}
	for seed := range 3000 {
		g := &sheet.Grid{Name: "台账", Rows: []sheet.Row{rowOf(1, ledgerHead)}}
		n := seed
		next := func() string { n = (n*1103515245 + 12345) & 0x7fffffff; return words[(n>>8)%len(words)] }
		for r := 2; r < 6; r++ {
			var cells []string
			for range 13 {
				cells = append(cells, next())
			}
			g.Rows = append(g.Rows, rowOf(r, strings.Join(cells, "|")))
		}
		p := NewPage(g)
		h, _ := v.FindHead(p, "")
		if h == nil {
			continue
		}
		tb, _ := l.ReadTable(p, h)
		if a, b := tb.Unaccounted(), tb.CellsUnaccounted(); a != 0 || b != 0 {
			t.Fatalf("seed %d: %d rows and %d cells unaccounted for", seed, a, b)
		}
		if len(tb.Passed) != tb.Ignored() {
			t.Fatalf("seed %d: %d rows named, %d passed over", seed, len(tb.Passed), tb.Ignored())
		}
		for _, x := range tb.Passed {
			if x.Kind == "" {
				t.Fatalf("seed %d: row %d has no kind", seed, x.Row)
			}
		}
	}
}
