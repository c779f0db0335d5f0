package zone

import (
	"strings"
	"testing"
	"time"
)

// TestJobs: what may be said of the jobs of serve.
func TestJobs(t *testing.T) {
	z := parse(t, `zone: 高新区
submitters: [{name: 产业局}]
schedule:
  remind: off
  summary: {at: 工作日 -1 15:00, missed: skip, overlap: skip, limit: 20m, retries: 5}
backup: {to: /mnt/u, keep: 7}
alerts: {silent_days: 3}
language: zh
`)
	if j := z.Jobs[JobSummary]; !j.Set || j.Missed != MissedSkip || j.Overlap != OverlapSkip || j.Limit != 20*time.Minute || j.Retries != 5 {
		t.Errorf("%+v", j)
	}
	if !z.Jobs[JobRemind].Off || z.Backups != (Backup{"/mnt/u", 7}) || z.Alerts != (Alerts{3, DefaultDiskMB, DefaultBackupDays}) || z.Language != "zh" {
		t.Errorf("%+v %+v %+v %s", z.Jobs, z.Backups, z.Alerts, z.Language)
	}
	if z = parse(t, "zone: 高新区\nsubmitters: [{name: 产业局}]\nbackup: E:/备份\n"); z.Backups.To != "E:/备份" {
		t.Errorf("%+v", z.Backups)
	}
	for text, want := range map[string]string{
		"schedule: {sumary: '0 13 * * 1'}":      `did you mean "summary"?`,
		"schedule: {summary: {at: '0 13 * *'}}": "is not a cron schedule",
		"schedule: {summary: 0 0 30 2 *}":       "no day of any year",
		"schedule: {summary: {missed: never}}":  "never",
		"schedule: {summary: {limit: soon}}":    "no time such as 30m",
		"schedule: {summary: {retries: many}}":  "many",
		"backup: {too: x}":                      `did you mean "to"?`,
		"alerts: {disk_mb: -1}":                 "disk_mb",
		"language: de":                          "de",
	} {
		_, err := Parse(FileName, []byte("zone: a\nsubmitters: [{name: b}]\n"+text), known)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
