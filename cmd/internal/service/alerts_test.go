package service

import (
	"os"
	"strings"
	"testing"
	"unicode"

	"taizhang/internal/lang"
	"taizhang/internal/state"
	"taizhang/internal/zone"
)

// TestAlerts: what somebody has to do something about is found, and is over when it is.
func TestAlerts(t *testing.T) {
	b := served(t, "2022-08-15 09:00", "schedule: {summary: off}\nalerts: {silent_days: 7, disk_mb: 0}\n")
	if _, _, err := b.s.run(t.Context(), Request{}); err != nil {
		t.Fatal(err)
	}
	b.counted()
	b.tick("2022-08-15 09:00")
	if b.there(AlertFile) {
		t.Fatal("an alert of nothing")
	}
	b.tick("2022-08-25 09:00")
	text, err := os.ReadFile(b.file(AlertFile))
	if err != nil || !strings.Contains(string(text), "已有10天没有收到任何报表") {
		t.Errorf("%v\n%s", err, text)
	}
	b.write("taizhang.yaml", config+"schedule: {summary: off}\nalerts: {silent_days: 0, disk_mb: 1073741824}\n")
	b.tick("2022-08-25 09:05")
	if text, err = os.ReadFile(b.file(AlertFile)); err != nil || strings.Contains(string(text), "没有收到") || !strings.Contains(string(text), "磁盘剩余") {
		t.Errorf("%v\n%s\n%s", err, text, b.said())
	}
	years := unknownYears(b.s.Zone().Calendar, b.s.Zone().Today(b.at("2040-10-05 09:00")))
	if len(years) != 2 || years[0] != 2040 || years[1] != 2041 {
		t.Errorf("years without holidays: %v", years)
	}
}

// TestNobodyReadsTheInbox: where intake is off and files wait, or it wasn't done for days, somebody is told; a run by hand
// is one.
func TestNobodyReadsTheInbox(t *testing.T) {
	const off = "schedule: {summary: off, publish: off, intake: off}\nalerts: {silent_days: 0, disk_mb: 0}\n"
	b := served(t, "2022-08-15 09:00", off)
	says := func() string { text, _ := os.ReadFile(b.file(AlertFile)); return string(text) }
	b.tick("2022-08-15 09:00")
	if got := says(); !strings.Contains(got, "“收件”已在设置里关闭") || !strings.Contains(got, "现有1份在等") {
		t.Errorf("a file waits that nobody reads: %q", got)
	}
	if r := b.s.Intake(t.Context(), Request{}, "test"); r.Error != "" {
		t.Fatal(r.Error)
	}
	b.tick("2022-08-15 09:02")
	if got := says(); got != "" {
		t.Errorf("read by hand: %q", got)
	}
	b.tick("2022-08-17 09:00")
	if got := says(); got != "" {
		t.Errorf("after two days: %q", got)
	}
	b.tick("2022-08-19 09:00")
	if got := says(); !strings.Contains(got, "“收件”已在设置里关闭") || !strings.Contains(got, "上次读取 2022-08-15") {
		t.Errorf("after four days: %q", got)
	}
	b.write("taizhang.yaml", config+"schedule: {summary: off, publish: off, intake: '0 9 1 * *'}\nalerts: {silent_days: 0, disk_mb: 0}\n")
	b.counted()
	b.tick("2022-08-19 09:02") // the occurrence of 1 August is made up for
	b.tick("2022-08-25 09:02")
	if got := says(); !strings.Contains(got, "已有6天没有读取收件箱") {
		t.Errorf("once a month: %q", got)
	}
}

// TestFailedJobIsToldInChinese: the alert about a job that failed and the job's own line are Chinese, whatever the service
// speaks; the command line tells it in its reader's language.
func TestFailedJobIsToldInChinese(t *testing.T) {
	b := served(t, "2022-08-15 09:00", "schedule: {summary: off}\nalerts: {silent_days: 0, disk_mb: 0}\n")
	if r := b.s.Intake(t.Context(), Request{}, "test"); r.Error != "" {
		t.Fatal(r.Error)
	}
	if err := os.Rename(b.file("archive/keys.json"), b.file("archive/away")); err != nil {
		t.Fatal(err)
	}
	b.write("inbox/双马街道/问题台账.csv", ledger("双马街道", 33, 3))
	b.tick("2022-08-15 09:05")
	runs := b.runs(zone.JobIntake)
	last := runs[len(runs)-1]
	for _, r := range runs {
		if r.Result == state.Failed {
			last = r
		}
	}
	if last.Result != state.Failed || !strings.Contains(last.Message.Chinese, "密钥") || strings.Contains(last.Message.English, "密钥") || !strings.Contains(last.Message.English, "key") {
		t.Fatalf("%+v", last)
	}
	text, err := os.ReadFile(b.file(AlertFile))
	if err != nil || !strings.Contains(string(text), "密钥") || strings.Contains(string(text), " key") {
		t.Errorf("%v\n%s", err, text)
	}
	alerts, err := b.s.store.Alerts(t.Context())
	if err != nil || len(alerts) == 0 {
		t.Fatal(alerts, err)
	}
	for _, a := range alerts {
		if strings.ContainsFunc(a.Text.English, func(r rune) bool { return unicode.Is(unicode.Han, r) }) || a.Text.English == "" || a.Text.Chinese == "" {
			t.Errorf("whoever reads English is told %q, others %q", a.Text.English, a.Text.Chinese)
		}
	}
}

// TestAlertIsASentence: what a failed job says on several lines is told without breaking off at a colon.
func TestAlertIsASentence(t *testing.T) {
	err := lang.Errorf("waiting:\n%w\nhint: mend it", "以下内容在等待：\n%w\n建议：处理好", lang.Errorf("a folder", "一个文件夹"))
	if got := firstLine(both(err)); got != "以下内容在等待：一个文件夹" {
		t.Errorf("%q", got)
	}
}
