package written

import (
	"strings"
	"testing"

	"taizhang/internal/calendar"
)

// TestSpanWays: each way of writing a time is the first of its list to find its own example.
func TestSpanWays(t *testing.T) {
	near := calendar.NewDate(2022, 8, 22)
	for _, ways := range [][]spanWay{pointWays, stretchWays} {
		for i, way := range ways {
			s := strings.ReplaceAll(Plain(way.like), " ", "")
			first := -1
			for k := range ways {
				if _, ok := ways[k].find(s, near); ok {
					first = k
					break
				}
			}
			if first != i {
				t.Errorf("%s is found by way %d, not by %d", way.like, first, i)
			}
			if sp, ok := ReadSpan(way.like, near); !ok || sp.Period.Valid() && sp.Period.Start.Year() != 2022 {
				t.Errorf("%s: %+v, %v", way.like, sp, ok)
			}
		}
	}
}

// TestSpanOfParts: quarters, halves of a year and months named one by one are their months, and no month by the quarter's
// number; of the newest year in which they had begun where none is written.
func TestSpanOfParts(t *testing.T) {
	near := calendar.NewDate(2022, 8, 22)
	for text, want := range map[string]string{
		"融资对接台账（2022年三季度）": "2022-07-01 2022-09-30", "2022年第三季度": "2022-07-01 2022-09-30", "2022年3季度": "2022-07-01 2022-09-30",
		"2022年第3季度末": "2022-07-01 2022-09-30", "2022年度第二季度": "2022-04-01 2022-06-30", "三季度": "2022-07-01 2022-09-30", "四季度": "2021-10-01 2021-12-31",
		"首季度": "2022-01-01 2022-03-31", "前两季度": "", "前三季度": "2022-01-01 2022-09-30", "2022年前2个季度": "2022-01-01 2022-06-30", "一至三季度": "2022-01-01 2022-09-30",
		"2022年1—3季度": "2022-01-01 2022-09-30", "2022年第一季度至第三季度": "2022-01-01 2022-09-30", "2022Q2": "2022-04-01 2022-06-30", "Q1": "2022-01-01 2022-03-31",
		"二〇二二年上半年": "2022-01-01 2022-06-30", "上半年": "2022-01-01 2022-06-30", "下半年": "2022-07-01 2022-12-31", "2021年下半年": "2021-07-01 2021-12-31",
		"前八个月": "2022-01-01 2022-08-31", "2022年7、8、9月": "2022-07-01 2022-09-30", "惠企台账（7、8月）": "2022-07-01 2022-08-31", "7月和8月": "2022-07-01 2022-08-31",
		"2022年7月、2022年8月": "2022-07-01 2022-08-31", "2022年7月、8月份": "2022-07-01 2022-08-31",
		"附件1、8月台账": "month 2022-08", "2022年三季度台账（8月）": "month 2022-08", "2022年下半年问题台账（第33周）": "month 2022-W33", "2022-08人社局": "month 2022-08",
		"2022年8月": "month 2022-08", "2022年8": "month 2022-08", "四季青街道": "", "2022年3件": "", "2022年3批": "", "问题Q-1": "", "2022年7月5日、8月6日": "2022-07-05",
	} {
		got := ""
		sp, ok := ReadSpan(text, near)
		if !ok {
			sp, ok = Quarter(text, near)
		}
		if ok {
			switch {
			case sp.Period.Valid():
				got = "month " + sp.Period.String()
			case sp.Months > 0:
				got = sp.From.String() + " " + sp.To.String()
			default:
				got = sp.Date.String()
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// TestNamedBeside: what a text calls by its name beside days or months; the year that isn't written is the nearest.
func TestNamedBeside(t *testing.T) {
	near := calendar.NewDate(2027, 1, 4)
	for text, want := range map[string]string{
		"第48周（11月16日—22日）": "第48周 2026-11-23", "2026年第47周（11.16-11.22）": "2026年第47周 2026-11-16", "第53周（12月28日—1月3日）": "第53周 2026-12-28",
		"第1周（12月28日—1月3日）": "", "第2周（12月28日—1月3日）": "第2周 2027-01-11", "第33周（2027年8月9日—15日）": "", "第33周（2027年8月8日—14日）": "", // of wall calendars
		"第34周（2027年8月9日—15日）": "第34周 2027-08-23", "2026年11月（10月1日—10月31日）": "2026年11月 2026-11-01", "第2季度（7—9月）": "季度 2026-04-01",
		"2026年1—8月": "", "8月（1—8月累计）": "", "11月16日—22日": "", "2026年第47周": "", "11月16日—20日走访": "",
	} {
		got := ""
		for _, n := range NamedBeside(text, near) {
			got += n.Words + " " + n.From.String()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
