package web

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"taizhang/cmd/internal/web/running"
	"taizhang/internal/lang"
	"taizhang/internal/state"
	"taizhang/internal/zone"
)

// TestRunWords: a run says how long the work took, not how long nothing came in, and by whom in Chinese.
func TestRunWords(t *testing.T) {
	at := func(t time.Time) string { return t.Format("15:04") }
	begun := testClock()
	run := func(took time.Duration, by, result, message string) running.RunView {
		return running.RunViewOf(state.Run{Job: zone.JobIntake, Started: begun, Finished: begun.Add(took), By: by, Result: result, Message: lang.Text{English: message, Chinese: message}}, at)
	}
	for _, c := range []struct {
		got  running.RunView
		want running.RunView
	}{
		{run(1673*time.Second, "watch", state.Done, ""), running.RunView{Title: "收件", Begun: "07:00", By: "自动（收件箱有新文件）", Until: "07:27", Says: "没有新文件"}},
		{run(200*time.Millisecond, "schedule", state.Done, ""), running.RunView{Title: "收件", Begun: "07:00", By: "计划", Took: "0.2秒", Says: "没有新文件"}},
		{run(1673*time.Second, "page 王", state.Done, "收件3份"), running.RunView{Title: "收件", Begun: "07:00", By: "王（网页）", Took: "27分53秒", Says: "收件3份"}},
		{run(time.Hour, "schedule", state.Failed, "磁盘满"), running.RunView{Title: "收件", Begun: "07:00", By: "计划", Until: "08:00", Says: "磁盘满", Failed: true}},
		{run(time.Second, "schedule", state.Lost, ""), running.RunView{Title: "收件", Begun: "07:00", By: "计划", Took: "1.0秒", Says: "程序中断，没有做完"}},
		{run(time.Second, "schedule", state.Lost, "服务停止，没有做完"), running.RunView{Title: "收件", Begun: "07:00", By: "计划", Took: "1.0秒", Says: "服务停止，没有做完"}},
	} {
		if c.got != c.want {
			t.Errorf("%+v\ninstead of %+v", c.got, c.want)
		}
	}
}

// TestJobNotConfigured: a job whose settings are missing says so; that is no fault of the system.
func TestJobNotConfigured(t *testing.T) {
	x := open(t, sharedZone(t), nil)
	if page := x.page("/runs"); strings.Contains(page, "taizhang.yaml") || !strings.Contains(page, `没有设置备份文件夹</small> <a class="small" href="/settings#p-basics">去设置</a>`) || !strings.Contains(page, `没有设置邮件</small> <a class="small" href="/settings#p-mail">`) {
		t.Error("whoever has only the page isn't told where to fill in what a job lacks")
	}
	a := x.post("/runs", url.Values{"job": {zone.JobBackup}})
	if a.status != http.StatusBadRequest || !strings.Contains(a.body, "没有写 backup:") || strings.Contains(a.body, "出错") {
		t.Errorf("status %d\n%s", a.status, a.body)
	}
}

// TestNeeds: what needs the operator is told where they are: a number in the menu of every page, the sentences on the
// first one; nobody else is bothered, and 运行 says each once.
func TestNeeds(t *testing.T) {
	dir := copyZone(t)
	store := withUsers(t, dir)
	x := open(t, dir, func(o *Options) { o.Alone = false })
	admin, leader := x.as("admin"), x.as("leader")
	if page := admin.page("/"); strings.Contains(page, "需要处理</") {
		t.Errorf("nothing needs anybody, and the page says\n%.3000s", page)
	}
	for i, text := range []string{"最近一次备份在9天前。", "任务“备份”第3次未成功。", "磁盘剩余10兆。", "已有20天没有收到任何报表。"} {
		if _, err := store.Raise(t.Context(), "test", fmt.Sprint(i), lang.Text{English: text, Chinese: text}, testClock().Add(time.Duration(i)*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	front := admin.page("/")
	for _, want := range []string{"4项需要处理", "最近一次备份在9天前", "磁盘剩余10兆", `href="/runs">全部4项`} {
		if !strings.Contains(front, want) {
			t.Errorf("the first page lacks %q", want)
		}
	}
	for _, p := range []string{"/", "/returns", "/settings"} {
		if page := admin.page(p); !strings.Contains(page, `<span class="count">4<span class="off">项需要处理</span></span>`) {
			t.Errorf("%s: the menu doesn't say that something needs the operator", p)
		}
		if a := leader.get(p); strings.Contains(a.body, "项需要处理") || strings.Contains(a.body, "备份在9天前") {
			t.Errorf("%s tells a leader", p)
		}
	}
	if runs := admin.page("/runs"); strings.Count(runs, "最近一次备份在9天前") != 1 || strings.Count(runs, "已有20天") != 1 {
		t.Error("运行 doesn't say each once")
	}
}

// TestTroublesOnce: what is the matter with a unit's folder is said in Chinese, and once, whether the service has raised an
// alert about it or not yet.
func TestTroublesOnce(t *testing.T) {
	dir := copyZone(t)
	x := open(t, dir, nil)
	journal := filepath.Join(dir, "archive", "journal.jsonl")
	lines, err := os.ReadFile(journal)
	if err != nil {
		t.Fatal(err)
	}
	all := strings.SplitAfter(string(lines), "\n")
	for i := len(all) - 1; i >= 0; i-- { // the last file that left the inbox has not, as after a kill
		if strings.Contains(all[i], `"leave"`) {
			all = append(all[:i], all[i+1:]...)
			break
		}
	}
	if err := os.WriteFile(journal, []byte(strings.Join(all, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	const says = "但回执没写出或文件没移出收件箱"
	page := x.page("/runs")
	if strings.Count(page, says) != 1 || strings.Contains(page, "taken in as arrival") {
		t.Fatalf("before the alert:\n%s", page)
	}
	sentence := html.UnescapeString(regexp.MustCompile(`需要处理：([^<]*` + says + `)`).FindStringSubmatch(page)[1])
	if _, err := x.server.Options.Store.Raise(t.Context(), "unit", sentence, lang.Say("to be dealt with: %[1]s", "待处理：%[1]s", sentence), testClock()); err != nil {
		t.Fatal(err)
	}
	if page := x.page("/runs"); strings.Count(page, says) != 1 {
		t.Errorf("beside the alert it is said %d times", strings.Count(page, says))
	}
}
