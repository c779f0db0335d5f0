package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"taizhang/internal/state"
	"taizhang/internal/zone"
)

// TestRunWords: a run says how long the work took, not how long nothing came in, and by whom in Chinese.
func TestRunWords(t *testing.T) {
	at := func(t time.Time) string { return t.Format("15:04") }
	begun := testClock()
	run := func(took time.Duration, by, result, message string) runView {
		return runViewOf(state.Run{Job: zone.JobIntake, Started: begun, Finished: begun.Add(took), By: by, Result: result, Message: message}, at)
	}
	for _, c := range []struct {
		got  runView
		want runView
	}{
		{run(1673*time.Second, "watch", state.Done, ""), runView{Title: "收件", Begun: "07:00", By: "自动（收件箱有新文件）", Until: "07:27"}},
		{run(200*time.Millisecond, "schedule", state.Done, ""), runView{Title: "收件", Begun: "07:00", By: "计划", Took: "0.2秒"}},
		{run(1673*time.Second, "page 王", state.Done, "收件3份"), runView{Title: "收件", Begun: "07:00", By: "王（网页）", Took: "27分53秒", Says: "收件3份"}},
		{run(time.Hour, "schedule", state.Failed, "磁盘满"), runView{Title: "收件", Begun: "07:00", By: "计划", Until: "08:00", Says: "磁盘满", Failed: true}},
		{run(time.Second, "schedule", state.Lost, "the service ended"), runView{Title: "收件", Begun: "07:00", By: "计划", Took: "1.0秒", Says: "服务停止，没有做完"}},
	} {
		if c.got != c.want {
			t.Errorf("%+v\ninstead of %+v", c.got, c.want)
		}
	}
}

// TestJobNotConfigured: a job whose settings are missing says so; that is no fault of the system.
func TestJobNotConfigured(t *testing.T) {
	x := open(t, sharedZone(t), nil)
	a := x.post("/runs", url.Values{"job": {zone.JobBackup}})
	if a.status != http.StatusBadRequest || !strings.Contains(a.body, "没有写 backup:") || strings.Contains(a.body, "出错") {
		t.Errorf("status %d\n%s", a.status, a.body)
	}
}
