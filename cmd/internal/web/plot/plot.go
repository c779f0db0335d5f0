package plot

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"taizhang/internal/onepage"
	"taizhang/internal/result"
)

// What a chart can show so that one can still tell its parts apart.
const (
	MostSeries = 3
	MostBars   = 40  // labels of a chart of bars
	MostPoints = 400 // labels of a line
)

// Of makes the chart of a result. why says in Chinese why there is none; it is empty where there is one.
func Of(t result.Table) (c onepage.Chart, why string) {
	label, numbers, why := columns(t)
	if why != "" {
		return c, why
	}
	for _, row := range t.Rows {
		c.Labels = append(c.Labels, labelOf(row[label]))
	}
	c.Kind = onepage.Bar
	if overTime(c.Labels) {
		c.Kind = onepage.Line
	}
	most := map[onepage.Kind]int{onepage.Bar: MostBars, onepage.Line: MostPoints}[c.Kind]
	switch n := len(c.Labels); {
	case n < 2:
		return c, fmt.Sprintf("结果只有%d行，画图至少要两行。", n)
	case t.Truncated:
		return c, "结果没有显示完全，画出来的图不完整。请先汇总再画图。"
	case n > most && c.Kind == onepage.Line:
		return c, fmt.Sprintf("结果有%d行，折线图最多画%d个点。请先按更长的时间段汇总。", n, most)
	case n > most:
		return c, fmt.Sprintf("结果有%d行，柱形图最多画%d项，再多就看不清了。请先汇总，或用 limit 只取前几项。", n, most)
	}
	seen := map[string]bool{}
	for _, l := range c.Labels {
		if seen[l] {
			return c, "“" + t.Columns[label].Name + "”一列有重复的“" + l + "”，图上分不开。请先按这一列汇总（group by）。"
		}
		seen[l] = true
	}
	var names []string
	for _, i := range numbers {
		s := onepage.Series{Name: t.Columns[i].Name}
		for _, row := range t.Rows {
			s.Values = append(s.Values, number(row[i]))
		}
		if !slices.ContainsFunc(s.Values, func(v float64) bool { return !math.IsNaN(v) }) {
			return c, "“" + s.Name + "”一列没有数。"
		}
		c.Series, names = append(c.Series, s), append(names, s.Name)
	}
	c.Title = strings.Join(names, "、") + "（按" + t.Columns[label].Name + "）"
	c.Decimals = decimals(c.Series)
	if c.Kind == onepage.Bar && len(c.Labels)*len(c.Series) > 8 {
		c.Kind = onepage.Lying // their values have room beside them
	}
	return c, ""
}

// columns finds the column of labels and those of numbers.
func columns(t result.Table) (label int, numbers []int, why string) {
	var texts []int
	for i, c := range t.Columns {
		if IsNumber(c.Type) {
			numbers = append(numbers, i)
		} else {
			texts = append(texts, i)
		}
	}
	if len(texts) == 0 && len(numbers) > 1 && numbers[0] == 0 && isInteger(t.Columns[0].Type) { // years, months, numbers of weeks
		texts, numbers = numbers[:1], numbers[1:]
	}
	const asks = "画图要有一列名称（或日期）和一到三列数字。"
	switch {
	case len(numbers) == 0:
		return 0, nil, "结果里没有数字列。" + asks
	case len(texts) == 0:
		return 0, nil, "结果里没有名称列。" + asks
	case len(texts) > 1:
		return 0, nil, fmt.Sprintf("结果有%d列不是数字（%s）。", len(texts), named(t, texts)) + asks
	case len(numbers) > MostSeries:
		return 0, nil, fmt.Sprintf("结果有%d列数字（%s）。", len(numbers), named(t, numbers)) + asks
	}
	return texts[0], numbers, ""
}

func named(t result.Table, list []int) string {
	var out []string
	for _, i := range list[:min(len(list), 6)] {
		out = append(out, t.Columns[i].Name)
	}
	if len(list) > len(out) {
		out = append(out, "……")
	}
	return strings.Join(out, "、")
}

// IsNumber says whether a type of DuckDB holds numbers.
func IsNumber(sqlType string) bool {
	return isInteger(sqlType) || strings.HasPrefix(sqlType, "DECIMAL") || sqlType == "DOUBLE" || sqlType == "FLOAT"
}

func isInteger(sqlType string) bool {
	switch strings.TrimPrefix(sqlType, "U") {
	case "BIGINT", "INTEGER", "HUGEINT", "SMALLINT", "TINYINT":
		return true
	}
	return false
}

func labelOf(v any) string {
	switch x := v.(type) {
	case nil:
		return "（空）"
	case string:
		if strings.TrimSpace(x) == "" {
			return "（空）"
		}
		return strings.TrimSuffix(x, " 00:00:00")
	case bool:
		return map[bool]string{true: "是", false: "否"}[x]
	}
	return fmt.Sprint(v)
}

// number is a value to draw; NaN, which is a gap, for none.
func number(v any) float64 {
	switch x := v.(type) {
	case int64:
		return float64(x)
	case float64:
		return x
	case json.Number:
		if f, err := x.Float64(); err == nil {
			return f
		}
	}
	return math.NaN()
}

var moment = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\d{4}(-(\d{2}|W\d{2}|Q\d))?(-\d{2})?([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?$|^\d{4}年(\d{1,2}月(\d{1,2}日)?)?$`)
})

// overTime says whether labels are moments one after another, so that a line between them means something.
func overTime(labels []string) bool {
	return len(labels) > 1 && !slices.ContainsFunc(labels, func(l string) bool { return !moment().MatchString(l) }) && slices.IsSorted(labels)
}

// decimals is how many digits behind the point the numbers have, two at most.
func decimals(list []onepage.Series) int {
	most := 0
	for _, s := range list {
		for _, v := range s.Values {
			if !math.IsNaN(v) {
				_, part, _ := strings.Cut(strconv.FormatFloat(v, 'f', -1, 64), ".")
				most = max(most, min(len(part), 2))
			}
		}
	}
	return most
}
