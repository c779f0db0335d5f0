package workbook

import (
	"bytes"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// sample is a small book with one of everything.
func sample() Book {
	weeks := Table{ID: "weeks", Title: "分周收集与办结", Columns: []Column{
		{Title: "周次", Kind: Mark}, {Title: "收集", Kind: Int}, {Title: "办结", Kind: Int}, {Title: "办结率", Kind: Percent},
	}}
	for i := range 20 {
		c, d := int64(40+i*9), int64(10+i*8)
		weeks.Rows = append(weeks.Rows, []any{fmt.Sprintf("%d周", 13+i), c, d, float64(d) / float64(c)})
	}
	var figures []Figure
	for i, label := range []string{"问题办结率", "收集问题", "超期未办结", "按期办结率", "企业问题解决率", "惠企资金兑付", "留抵退税", "招聘达成意向"} {
		figures = append(figures, Figure{
			Label: label, Detail: "179/216 · 缺报2份，3行未计入",
			Value:  Number{Value: 0.8287, Format: FormatPercent, Name: label + "_本周"},
			Last:   Number{Value: 0.81, Format: `0.0%`, Before: "上周"},
			Change: Number{Value: 1.9, Format: `"▲"0.0"百分点";"▼"0.0"百分点";"持平"`}, Tone: []Tone{Better, Worse}[i%2],
			Target: Number{Value: 0.9, Format: `0.0%`, Before: "目标"}, Light: []Light{Amber, Green, Red, ""}[i%4],
			Link: &Link{Table: "weeks"}, Trend: &Trend{"weeks", "办结率"},
		})
	}
	return Book{
		Title: "示例周报", Footer: "示例 截至2022年8月15日",
		Props: Props{Creator: "taizhang", Created: time.Date(2022, 8, 15, 12, 0, 0, 0, time.UTC),
			Custom: []Property{{"截至", "2022-08-15"}}},
		Sheets: []Sheet{
			{Name: "总览", Grid: 4, OnePage: true, Blocks: []Block{
				Title{Text: "湘潭高新区工作周报", Sub: "2022年第32周（8月9日至8月15日） 截至2022年8月15日 数据版本 2022-08-15 12:00"},
				Note{Text: "报送情况：应报42份，实报40份，缺报2份：残联（重点民生实事）、创业中心（融资对接台账）。", Strong: true},
				Figures{Items: figures},
				Charts{Items: []Chart{
					{Name: "办结趋势", Title: "问题收集与办结（件）", Kind: Lines, Table: "weeks", Category: "周次", Series: []string{"收集", "办结"}, YTitle: "件"},
					{Name: "漏斗", Title: "招聘漏斗（人次）", Kind: Funnel, Table: "weeks", Category: "周次", Series: []string{"收集"}, LastN: 4, Labels: true, Format: "#,##0"},
				}, Height: 180},
				Heading{Text: "本周变动"},
				Note{Text: "办结率较上周上升1.9个百分点。", Indent: true},
				Box{Label: "领导批示", Height: 90},
			}},
			{Name: "问题办结", Blocks: []Block{
				Title{Text: "问题办结", Sub: "截至2022年8月15日", Link: &Link{Text: "返回总览", Sheet: "总览"}},
				Charts{Items: []Chart{{Name: "柱", Title: "分周", Kind: Columns, Table: "weeks", Category: "周次", Series: []string{"收集"}}}},
				weeks,
			}},
			{Name: "超期:与/临期?", Orientation: Landscape, Blocks: []Block{
				Title{Text: "超期与临期", Sub: "截至2022年8月15日"},
				Table{ID: "list", Main: true, Filter: true, Title: "清单", Columns: []Column{
					{Title: "编号", Kind: Mark}, {Title: "事项"}, {Title: "时限", Kind: Date}, {Title: "金额（万元）", Kind: Wan}, {Title: "超期天数", Kind: Int}, {Title: "灯", Kind: LightK},
				}, Rows: [][]any{
					{"=1+1", "新华村主干道破损严重，需第一时间研究商讨处理方案，安排部署具体施工事宜，将原先破损的路面全部铲除清表，再重新摊铺混凝土。", time.Date(2022, 8, 1, 0, 0, 0, 0, time.UTC), 703000.0, int64(14), Red},
					{"@B", "𠮷野家🏠", nil, 24600000.0, Cell{Value: int64(3), Tone: Worse, Name: "R1C1"}, Amber},
				}, Total: []any{"合计", nil, nil, 25303000.0, int64(17), nil}},
				Table{ID: "none", Title: "无", Columns: []Column{{Title: "a"}}, Empty: "本期无超期事项。"},
			}},
		},
	}
}

func write(t *testing.T, b Book) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		t.Fatal(err)
	}
	if path := os.Getenv("WORKBOOK_OUT"); path != "" {
		if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

func open(t *testing.T, b []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}
