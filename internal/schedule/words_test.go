package schedule

import "testing"

// TestInWords: schedules are listed as people say them; what has no short words stands as it was written.
func TestInWords(t *testing.T) {
	for spec, want := range map[string]string{
		"* * * * *": "每分钟", "*/5 * * * *": "每5分钟", "@every 10m": "每10分钟", "@every 1h": "每小时", "@every 90s": "每90秒", "15 * * * *": "每小时第15分",
		"5 0 * * *": "每天 00:05", "0 8,18 * * *": "每天 08:00、18:00", "30 13 * * 0": "每周日 13:30", "30 13 * * 7": "每周日 13:30", "0 9 * * 1-5": "每周一至周五 09:00", "0 9 * * 1,3": "每周一、三 09:00",
		"0 14 1 * *": "每月1日 14:00", "working_day 09:00": "工作日 09:00", "working_day -1 15:00": "工作日 -1 15:00", "工作日 09:00": "工作日 09:00",
		"*/7 * * * *": "*/7 * * * *", "0 9 1 1 *": "0 9 1 1 *", "0 9 1 * 1": "0 9 1 * 1", "0 9-17 * * *": "0 9-17 * * *", "0 9 * * MON": "0 9 * * MON", "当周最后一个报送时限之后": "当周最后一个报送时限之后",
	} {
		if got := InWords(spec); got != want {
			t.Errorf("%q in words is %q, not %q", spec, got, want)
		}
	}
}
