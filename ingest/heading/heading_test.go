package heading

import (
	"strings"
	"testing"

	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
)

// gridOf writes lines with cells between bars as a sheet; < is merged with the cell to its left, ^ with the one above.
func gridOf(lines ...string) *sheet.Grid {
	g := &sheet.Grid{Name: "Sheet1"}
	across, down := map[[2]int]int{}, map[[2]int]int{} // by merged area's first cell: how far it reaches
	for i, line := range lines {
		row := sheet.Row{N: i + 1}
		for k, text := range strings.Split(line, "|") {
			at := [2]int{i + 1, k + 1}
			switch text = strings.TrimSpace(text); text {
			case "":
			case "<":
				for at[1]--; across[at] == 0 && strings.TrimSpace(strings.Split(line, "|")[at[1]-1]) == "<"; {
					at[1]--
				}
				across[at] = k + 1
			case "^":
				for at[0]--; strings.TrimSpace(strings.Split(lines[at[0]-1], "|")[k]) == "^"; {
					at[0]--
				}
				down[at] = i + 1
			default:
				row.Cells = append(row.Cells, sheet.Cell{Row: i + 1, Col: k + 1, Kind: sheet.Text, Text: text})
			}
		}
		if len(row.Cells) > 0 {
			g.Rows = append(g.Rows, row)
		}
	}
	for at, right := range across {
		g.Merged = append(g.Merged, sheet.Range{Top: at[0], Left: at[1], Bottom: at[0], Right: right})
	}
	for at, bottom := range down {
		g.Merged = append(g.Merged, sheet.Range{Top: at[0], Left: at[1], Bottom: bottom, Right: at[1]})
	}
	return g
}

// TestFindHead: a head is found wherever and in however many rows it stands, and its columns are placed by what they mean.
func TestFindHead(t *testing.T) {
	set, err := forms.Load()
	if err != nil {
		t.Fatal(err)
	}
	v := NewVocabulary(set)
	data := "湖南甲机械有限公司 | 91430300MA4L16JJ55 | 智能制造 | 12 | 10 | 2026-10-05"
	for name, c := range map[string]struct {
		lines       []string
		row, height int // of the head: from 1
	}{
		"one row below a title":    {[]string{"惠企资金兑付台账", "企业名称 | 统一社会信用代码 | 政策项目 | 申报金额 | 兑付金额 | 兑付日期", data}, 2, 1},
		"other words, other marks": {[]string{"企业全称* | 信用代码（18位） | 奖补项目 | 申请金额(万元) | 实际兑付金额【万元】 | 到账时间", data}, 1, 1},
		"groups over parts":        {[]string{"企业名称 | 统一社会信用代码 | 政策项目 | 金额（万元） | < | 兑付日期", "^ | ^ | ^ | 申报 | 兑付 | ^", data}, 1, 2},
		"three rows":               {[]string{"企业名称 | 统一社会信用代码 | 政策项目 | 资金 | < | 兑付日期", "^ | ^ | ^ | 申报金额 | 兑付金额 | ^", "^ | ^ | ^ | 万元 | 万元 | ^", data}, 1, 3},
		"four rows":                {[]string{"惠企资金兑付台账", "企业名称 | 统一社会信用代码 | 政策项目 | 资金情况 | < | 兑付日期", "^ | ^ | ^ | 金额 | < | ^", "^ | ^ | ^ | 申报金额 | 兑付金额 | ^", "^ | ^ | ^ | 万元 | 万元 | ^", data}, 3, 3},
		"far down":                 {append(make([]string, 60), "惠企资金兑付台账", "企业名称 | 统一社会信用代码 | 政策项目 | 申报金额 | 兑付金额 | 兑付日期", data), 62, 1},
	} {
		p := NewPage(gridOf(c.lines...))
		h, tie := v.FindHead(p, "")
		if h == nil || tie || h.Form.ID != "incentive" {
			t.Errorf("%s: %+v, tie %v", name, h, tie)
			continue
		}
		for col, field := range []string{"enterprise", "enterprise_code", "programme", "applied_amount", "paid_amount", "paid_on"} {
			if at := h.Column(field); at == nil || at.Col != col+1 {
				t.Errorf("%s: %s is placed at %+v, want column %d", name, field, at, col+1)
			}
		}
		last := p.Rows[h.Row+h.Height-1].N
		if want := c.row + c.height - 1; last != want {
			t.Errorf("%s: the head ends in row %d, want %d", name, last, want)
		}
	}
}

// TestJointColumns: two numbers under one heading are none of them; one field with a remark is.
func TestJointColumns(t *testing.T) {
	set, err := forms.Load()
	if err != nil {
		t.Fatal(err)
	}
	l := &Reader{Vocab: NewVocabulary(set)}
	for heading, joint := range map[string]bool{"户数/人数": true, "户数、人数（户/人）": true, "户数及人数": true, "人数": false, "人数/备注": false} {
		p := NewPage(gridOf("帮扶救助发放表", "帮扶项目 | 所属街道 | "+heading+" | 金额 | 月份", "临时救助 | 青山街道 | 3 | 1000 | 2026-10"))
		h, _ := l.Vocab.FindHead(p, "")
		if h == nil {
			t.Fatalf("%s: no head", heading)
		}
		if l.findJoint(p, h); len(h.joint) > 0 != joint {
			t.Errorf("%s: %+v", heading, h.joint)
		}
	}
}
