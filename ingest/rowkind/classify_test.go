package rowkind

import (
	"strings"
	"testing"

	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/sheettest"
)

const ledgerHead = "序号 | 问题编号 | 问题来源 | 责任清单 | 问题描述 | 牵头单位 | 交办日期 | 办结时限 | 办理状态 | 剩余天数"

// TestRowTests holds the examples of the tests of rows to what they say: each example is of its kind, and told by that
// very test, below a head of the problem ledger.
func TestRowTests(t *testing.T) {
	set, err := forms.Load()
	if err != nil {
		t.Fatal(err)
	}
	v := heading.NewVocabulary(set)
	for want := range rowTests {
		test := &rowTests[want]
		like := test.like
		g := &sheet.Grid{Name: "台账", Rows: []sheet.Row{sheettest.Row(1, "问题台账"), sheettest.Row(2, ledgerHead)}}
		after, seen := Data, 3
		if rest, ok := strings.CutPrefix(like, "(below a note) "); ok {
			like, after = rest, Note
		}
		if rest, ok := strings.CutPrefix(like, "(below a memo) "); ok {
			like, after = rest, Memo
		}
		if rest, ok := strings.CutPrefix(like, "(first) "); ok {
			like, seen = rest, 0
		}
		wide := false
		if like, wide = strings.CutPrefix(like, "(merged) "); wide {
			g.Merged = []sheet.Range{{Top: 3, Left: 1, Bottom: 3, Right: 9}}
		}
		like, date := strings.CutPrefix(like, "(date) ")
		g.Rows = append(g.Rows, sheettest.Row(3, like))
		if date {
			g.Rows[2].Cells[0].Kind = sheet.Date
		}
		p := heading.NewPage(g)
		h, _ := v.FindHead(p, "")
		if h == nil || h.Form.ID != "problem" {
			t.Fatal("the head is not found")
		}
		down, _ := FillDown(p, 2)
		s := &Seen{Vocab: v, Page: p, Row: &p.Rows[2], Head: h, At: h.ByField(), Down: down, Before: seen, After: after}
		if kind := s.Classify(); kind != test.kind {
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
	v := heading.NewVocabulary(set)
	g := &sheet.Grid{Name: "台账", Rows: []sheet.Row{sheettest.Row(1, ledgerHead), sheettest.Row(2, ledgerHead), sheettest.Row(3, "1 | Q-1 | 走访 | 企业 | 停电 | 经发局 | 2022-08-01 | 2022-08-20 | 办理中 |")}}
	p := heading.NewPage(g)
	h, _ := v.FindHead(p, "")
	for i, certain := range []bool{false, true} {
		s := &Seen{Vocab: v, Page: p, Row: &p.Rows[i+1], Head: h, At: h.ByField(), Before: 1, After: Data}
		if s.Classify(); s.Certain != certain {
			t.Errorf("row %d: certain %v, want %v", i+2, s.Certain, certain)
		}
	}
}
