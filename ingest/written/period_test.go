package written

import (
	"testing"

	"taizhang/internal/calendar"
)

func TestReadPeriod(t *testing.T) {
	day := calendar.NewDate(2026, 11, 28)
	for text, want := range map[string]string{
		"2026-10": "2026-10", "2026年10月": "2026-10", "2026年10月份": "2026-10", "２０２６年１０月": "2026-10", "2026/10": "2026-10", "2026.10": "2026-10", "202610": "2026-10", "10月": "2026-10", "十月": "2026-10",
		"12月": "2026-12", "1月": "2027-01", "2026年 9 月": "2026-09",
	} {
		if p, ok := ReadPeriod(text, calendar.Month, day); !ok || p.String() != want {
			t.Errorf("%q: %s, want %s", text, p, want)
		}
	}
	for text, want := range map[string]string{
		"2026-W47": "2026-W47", "2026-w47": "2026-W47", "2026W47": "2026-W47", "2026年第47周": "2026-W47", "2026年47周": "2026-W47", "第47周": "2026-W47", "W47": "2026-W47", "第四十七周": "2026-W47",
		"2026年第47周（11月16日—22日）": "2026-W47", "11月16日—22日": "2026-W47", "2026-11-16~2026-11-22": "2026-W47", "第1周": "2027-W01",
	} {
		if p, ok := ReadPeriod(text, calendar.Week, day); !ok || p.String() != want {
			t.Errorf("%q: %s, want %s", text, p, want)
		}
	}
	for _, text := range []string{"", "2026", "2026-13", "2026年13月", "去年", "2026-11-18", "第60周", "11月16日—20日", "2026-W60"} {
		for _, kind := range []calendar.PeriodKind{calendar.Week, calendar.Month} {
			if p, ok := ReadPeriod(text, kind, day); ok {
				t.Errorf("%q is the %s %s", text, kind, p)
			}
		}
	}
}

// TestPeriodReadsBack: what templates and receipts say of a period is read as that period, whenever it comes back.
func TestPeriodReadsBack(t *testing.T) {
	for d := calendar.NewDate(2019, 12, 20); d < calendar.NewDate(2028, 1, 20); d += 5 {
		for _, kind := range []calendar.PeriodKind{calendar.Week, calendar.Month} {
			p := kind.Of(d)
			for _, near := range []calendar.Date{p.End() + 1, p.Start - 3, p.End() + 400} {
				if sp, ok := ReadSpan(p.Chinese(), near); !ok || sp.Period != p {
					t.Fatalf("%s, received on %s, is read as %+v", p.Chinese(), near, sp)
				}
			}
		}
	}
}
