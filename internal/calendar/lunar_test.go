package calendar

import "testing"

// TestLunar: festivals and months put in, as the State Council's and the observatory's calendars have them; the years join
// without a gap.
func TestLunar(t *testing.T) {
	for _, c := range []struct {
		year, month, day int
		leap             bool
		want             string
	}{
		{2026, 1, 1, false, "2026-02-17"}, {2026, 5, 5, false, "2026-06-19"}, {2026, 8, 15, false, "2026-09-25"}, {2026, 9, 9, false, "2026-10-18"},
		{2025, 8, 15, false, "2025-10-06"}, {2025, 6, 1, false, "2025-06-25"}, {2025, 6, 1, true, "2025-07-25"}, {2025, 7, 1, false, "2025-08-23"},
		{2023, 2, 1, true, "2023-03-22"}, {2033, 11, 1, true, "2033-12-22"}, {2033, 12, 1, false, "2034-01-20"},
		{2026, 12, 0, false, "2027-02-05"}, {2024, 12, 0, false, "2025-01-28"},
		{2026, 1, 30, false, "2026-03-18"}, {2026, 2, 30, false, ""}, {2026, 6, 1, true, ""}, {2013, 1, 1, false, ""}, {2026, 13, 1, false, ""},
	} {
		got, ok := Lunar(c.year, c.month, c.day, c.leap)
		if ok != (c.want != "") || ok && got.String() != c.want {
			t.Errorf("%d-%d-%d leap %v: got %v %v, want %s", c.year, c.month, c.day, c.leap, got, ok, c.want)
		}
	}
	for i, y := range lunarYears[1:] {
		if eve, ok := Lunar(lunarSince+i, 12, 0, false); !ok || eve+1 != y.first {
			t.Errorf("%d ends on %v, the next year begins on %v", lunarSince+i, eve, y.first)
		}
	}
}
