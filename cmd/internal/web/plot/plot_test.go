package plot

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"taizhang/internal/onepage"
	"taizhang/internal/result"
)

func table(columns string, rows ...[]any) result.Table {
	t := result.Table{Rows: rows}
	for _, c := range strings.Fields(columns) {
		name, kind, _ := strings.Cut(c, ":")
		t.Columns = append(t.Columns, result.Column{Name: name, Type: kind})
	}
	return t
}

func many(n int, row func(i int) []any) (out [][]any) {
	for i := range n {
		out = append(out, row(i))
	}
	return out
}

// TestOf: a chart where there is a column of labels and one to three of numbers; else the reason, in words that say what
// to do.
func TestOf(t *testing.T) {
	street := func(i int) []any { return []any{fmt.Sprintf("街道%02d", i), int64(i)} }
	for _, c := range []struct {
		what string
		t    result.Table
		kind onepage.Kind
		why  string
	}{
		{"labels and a number", table("街道:VARCHAR n:BIGINT", []any{"东", int64(3)}, []any{"西", int64(5)}), onepage.Bar, ""},
		{"the number first", table("n:BIGINT 街道:VARCHAR", []any{int64(3), "东"}, []any{int64(5), "西"}), onepage.Bar, ""},
		{"many bars lie", table("街道:VARCHAR n:BIGINT", many(20, street)...), onepage.Lying, ""},
		{"weeks in order", table("周:VARCHAR a:DOUBLE b:DECIMAL(10,2)", []any{"2022-W32", 1.5, json.Number("2.25")}, []any{"2022-W33", nil, json.Number("3")}), onepage.Line, ""},
		{"weeks in no order", table("周:VARCHAR n:BIGINT", []any{"2022-W33", int64(1)}, []any{"2022-W32", int64(2)}), onepage.Bar, ""},
		{"days", table("d:DATE n:INTEGER", []any{"2022-08-01", int64(1)}, []any{"2022-08-02", int64(2)}), onepage.Line, ""},
		{"years as numbers", table("年:BIGINT n:BIGINT", []any{int64(2021), int64(1)}, []any{int64(2022), int64(2)}), onepage.Line, ""},
		{"an empty label", table("s:VARCHAR n:BIGINT", []any{nil, int64(1)}, []any{"x", int64(2)}), onepage.Bar, ""},
		{"no number", table("a:VARCHAR", []any{"x"}, []any{"y"}), "", "没有数字列"},
		{"numbers alone", table("a:DOUBLE b:DOUBLE", []any{1.0, 2.0}, []any{1.0, 2.0}), "", "没有名称列"},
		{"two labels", table("a:VARCHAR b:VARCHAR n:BIGINT", []any{"x", "y", int64(1)}, []any{"x", "z", int64(1)}), "", "2列不是数字（a、b）"},
		{"four numbers", table("a:VARCHAR b:BIGINT c:BIGINT d:BIGINT e:BIGINT"), "", "4列数字（b、c、d、e）"},
		{"one row", table("s:VARCHAR n:BIGINT", []any{"x", int64(1)}), "", "只有1行"},
		{"too many bars", table("街道:VARCHAR n:BIGINT", many(MostBars+1, street)...), "", "41行，柱形图最多画40项"},
		{"a label twice", table("s:VARCHAR n:BIGINT", []any{"x", int64(1)}, []any{"x", int64(2)}), "", "重复的“x”"},
		{"nothing but gaps", table("s:VARCHAR n:BIGINT", []any{"x", nil}, []any{"y", nil}), "", "“n”一列没有数"},
	} {
		chart, why := Of(c.t)
		if c.why != "" {
			if !strings.Contains(why, c.why) {
				t.Errorf("%s: %q doesn't say %q", c.what, why, c.why)
			}
			continue
		}
		if why != "" || chart.Kind != c.kind {
			t.Errorf("%s: %q, %q", c.what, chart.Kind, why)
		}
		if svg, err := chart.SVG(); err != nil || !strings.Contains(string(svg), "<svg") {
			t.Errorf("%s isn't drawn: %v", c.what, err)
		}
	}
	cut := table("s:VARCHAR n:BIGINT", []any{"x", int64(1)}, []any{"y", int64(2)})
	cut.Truncated = true
	if _, why := Of(cut); !strings.Contains(why, "没有显示完全") {
		t.Errorf("a piece of a result is drawn as if it were whole: %q", why)
	}
}

// TestExact: what is drawn are the numbers of the result, decimals among them; nothing is a gap, not a nought.
func TestExact(t *testing.T) {
	c, why := Of(table("周:VARCHAR a:DECIMAL(10,2) b:BIGINT", []any{"2022-W32", json.Number("1234.56"), nil}, []any{"2022-W33", json.Number("-3"), int64(7)}))
	svg, err := c.SVG()
	if why != "" || err != nil || c.Title != "a、b（按周）" || !strings.Contains(string(svg), "2022-W32 1,234.56") || !strings.Contains(string(svg), "2022-W33 -3") ||
		!strings.Contains(string(svg), "b 2022-W32 — 2022-W33 7") {
		t.Errorf("%q %v %+v\n%.600s", why, err, c, svg)
	}
}
