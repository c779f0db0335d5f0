package layout

import (
	"strings"
	"testing"

	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/sheettest"
	"taizhang/ingest/units"
	"taizhang/internal/zone"
)

// TestEveryRowAndCellIsAccountedFor: whatever stands in a cell below a head, it is taken, passed over or named.
func TestEveryRowAndCellIsAccountedFor(t *testing.T) {
	set, err := forms.Load()
	if err != nil {
		t.Fatal(err)
	}
	v := heading.NewVocabulary(set)
	z, err := zone.Parse("taizhang.yaml", []byte("zone: 试验区\nsubmitters:\n  - {code: jfj, name: 经发局, kind: department}\n"), zone.Known{})
	if err != nil {
		t.Fatal(err)
	}
	l := &Reader{Reader: heading.Reader{Vocab: v, Units: units.New(z)}, Alive: func() {}}
	words := []string{"", "Q-1", "走访", "企业", "停电", "经发局", "2022-08-01", "办理中", "3", "合计", "注：说明", "请选择", "第1页", "√", "一、安全", "无", "—", "问题编号", "本年累计"}
	for seed := range 3000 {
		g := &sheet.Grid{Name: "台账", Rows: []sheet.Row{sheettest.Row(1, "序号 | 问题编号 | 问题来源 | 责任清单 | 问题描述 | 牵头单位 | 交办日期 | 办结时限 | 办理状态 | 剩余天数")}}
		n := seed
		next := func() string { n = (n*1103515245 + 12345) & 0x7fffffff; return words[(n>>8)%len(words)] }
		for r := 2; r < 6; r++ {
			var cells []string
			for range 13 {
				cells = append(cells, next())
			}
			g.Rows = append(g.Rows, sheettest.Row(r, strings.Join(cells, "|")))
		}
		p := heading.NewPage(g)
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
