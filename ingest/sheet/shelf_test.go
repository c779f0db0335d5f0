package sheet

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// TestShelfGivesBackWhatItHolds keeps rows of all sorts of cells, those that columns repeat among them, and takes them again.
func TestShelfGivesBackWhatItHolds(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 2))
	text := func() string {
		switch r.IntN(4) {
		case 0:
			return ""
		case 1:
			return fmt.Sprint("文字", r.IntN(1_000_000))
		case 2:
			return string(rune('a' + r.IntN(26)))
		}
		return []string{"已办结", "办理中", "青山街道问题台账", "青山街道问题台帐", "路灯不亮，已联系供电所处理"}[r.IntN(5)]
	}
	formats := []string{"", "", "yyyy/m/d", "0.00", "@"}
	for _, long := range []bool{false, true} {
		g := &Grid{}
		shelf := g.Shelf()
		if long {
			if _, ok := g.pack(&Row{N: 1}); !ok {
				t.Fatal("an empty row is not packed")
			}
			shelf = g.shelf
		}
		var rows []string
		var want [][]Cell
		for n := range 3 * habitSeen {
			cells := make([]Cell, r.IntN(6))
			for k := range cells {
				c := &cells[k]
				*c = Cell{Row: n, Col: k + 1, Kind: Kind(r.IntN(int(Error) + 1)), Format: formats[r.IntN(len(formats))], Percent: r.IntN(9) == 0, Formula: r.IntN(9) == 0}
				if r.IntN(50) == 0 {
					c.Row, c.Col = n-1, 300
				}
				switch c.Kind {
				case Empty:
					c.NoValue = c.Formula
				case Text:
					c.Text = text()
				case Date:
					c.Num = float64(44000 + r.IntN(40))
					c.Text = fmt.Sprint("日期", c.Num)
					if r.IntN(100) == 0 {
						c.Text += "?"
					}
				default:
					c.Num = float64(r.IntN(1000)) / 100
					c.Text = fmt.Sprint(c.Num)
				}
			}
			rows, want = append(rows, shelf.Put(n, cells)), append(want, cells)
		}
		again := map[uint16]string{}
		for n, row := range rows {
			got := shelf.All(row, n, nil)
			for k := range got {
				if one := shelf.Take(row, n, k); one != got[k] {
					t.Fatalf("seed %d, row %d: %+v and %+v", seed, n, one, got[k])
				}
				if no := got[k].Again; no > 0 {
					what := fmt.Sprint(got[k].Kind, got[k].Text)
					if got[k].Kind == Date {
						what += got[k].Format
					}
					if before, ok := again[no]; ok && before != what || !long {
						t.Fatalf("seed %d, row %d: number %d is of %q and %q", seed, n, no, before, what)
					}
					again[no] = what
					got[k].Again = 0
				}
				if got[k] != want[n][k] {
					t.Fatalf("seed %d, row %d:\ngot  %+v\nwant %+v", seed, n, got[k], want[n][k])
				}
			}
			if len(got) != len(want[n]) {
				t.Fatalf("seed %d, row %d: %d cells of %d", seed, n, len(got), len(want[n]))
			}
		}
		if long && len(again) < 10 {
			t.Errorf("seed %d: only %d cells are known to be repeated", seed, len(again))
		}
	}
}
