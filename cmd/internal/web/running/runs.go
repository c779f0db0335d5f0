package running

import (
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/papers"
	"taizhang/cmd/internal/service"
	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/frame"
	"taizhang/internal/lang"
	"taizhang/internal/schedule"
	"taizhang/internal/state"
	"taizhang/internal/zone"
)

// Issue issues the weekly papers now.
func (s *Pages) Issue(w http.ResponseWriter, r *http.Request, who account.Person) error {
	before, err := papers.List(s.ZoneOf())
	if err != nil {
		return err
	}
	if _, err := s.Options.Service.Do(r.Context(), zone.JobSummary, "page "+who.Name); err != nil {
		return s.Undone(err, zone.JobSummary, "/papers")
	}
	now, err := papers.List(s.ZoneOf())
	if err != nil {
		return err
	}
	came := "issued"
	switch len(now) {
	case 0:
		came = "none"
	case len(before):
		came = "same"
	}
	http.Redirect(w, r, "/papers?done="+came, http.StatusSeeOther)
	return nil
}

// runsView is 运行: the service's jobs, what it did, and what somebody has to do something about.
type runsView struct {
	Serving  bool
	Since    string
	Jobs     []jobView
	Alerts   []alertView
	Runs     []RunView
	Troubles []string
	Waiting  []string
}

type jobView struct {
	Name, Title, Schedule, Last, Says, Next, Why string
	Mend                                         string // where what it lacks is filled in
	Failed, Busy                                 bool
}

type alertView struct{ Since, Text string }

type RunView struct {
	Title, Begun, Took, By, Says string
	Until                        string // until when it was looked again, with the same result; "" for a run that stands for itself
	Failed                       bool
}

const runsShown = 50

func (s *Pages) Runs(w http.ResponseWriter, r *http.Request, who account.Person) error {
	z := s.ZoneOf()
	at := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(z.Location).Format("2006-01-02 15:04")
	}
	look, err := service.Look(r.Context(), z, s.Options.Clock())
	if err != nil {
		return err
	}
	v := runsView{Serving: look.Serving, Since: at(look.Since)}
	for _, j := range look.Jobs {
		x := jobView{Name: j.Name, Title: j.Title, Schedule: schedule.InWords(j.Schedule.Chinese), Next: at(j.Next), Why: j.Why.Chinese, Failed: j.Failed, Busy: !j.Busy.IsZero()}
		if j.Last != nil {
			x.Last, x.Says = at(j.Last.Started), withinZone(z, saidOf(*j.Last))
		}
		if strings.HasPrefix(x.Why, zone.FileName) { // what the file lacks is filled in on this page
			x.Why, x.Mend = lackOf(j.Name, z)
		}
		v.Jobs = append(v.Jobs, x)
	}
	for _, a := range look.Alerts {
		v.Alerts = append(v.Alerts, alertView{at(a.Since), a.Text})
	}
	runs, err := service.Runs(r.Context(), z, "", runsShown)
	if err != nil {
		return err
	}
	for _, x := range runs {
		x.Message.Chinese = withinZone(z, x.Message.Chinese)
		v.Runs = append(v.Runs, RunViewOf(x, at))
	}
	troubles, err := s.reading.Troubles(z)
	if err != nil {
		return err
	}
	for _, t := range troubles { // what has come up since the service looked last
		if !slices.ContainsFunc(look.Alerts, func(a state.Alert) bool { return strings.Contains(a.Text, t) }) {
			v.Troubles = append(v.Troubles, t)
		}
	}
	if v.Waiting, err = s.reading.Waiting(""); err != nil {
		return err
	}
	s.Render(w, r, who, http.StatusOK, "runs", frame.Layout{Title: "运行", Body: v, Live: true})
	return nil
}

// lackOf says of a job that isn't done why the settings have it so, and where that is changed.
func lackOf(job string, z *office.Zone) (why, mend string) {
	switch {
	case z.Jobs[job].Off:
		return "已关闭", "/settings#p-schedule"
	case job == zone.JobMail:
		return "没有设置邮件", "/settings#p-mail"
	}
	return "没有设置备份文件夹", "/settings#p-basics"
}

func RunViewOf(x state.Run, at func(time.Time) string) RunView {
	v := RunView{Title: service.Titles[x.Job], Begun: at(x.Started), By: ByWords(x.By), Says: saidOf(x), Failed: x.Result == state.Failed}
	if v.Title == "" {
		v.Title = x.Job
	}
	switch {
	case x.Finished.IsZero():
	case service.Together(x):
		v.Until = at(x.Finished)
	default:
		v.Took = TookWords(x.Finished.Sub(x.Started))
	}
	return v
}

// saidOf is what came of a run; one that found nothing to do noted nothing.
func saidOf(x state.Run) string {
	switch {
	case x.Message.Chinese != "" || x.Result == state.Running:
		return x.Message.Chinese
	case x.Result == state.Lost:
		return "程序中断，没有做完"
	case x.Job == zone.JobIntake:
		return "没有新文件"
	}
	return "没有变化"
}

// withinZone names files of the zone as they lie in it: where that lies on the computer is of no use in a browser.
func withinZone(z *office.Zone, message string) string {
	dir, err := filepath.Abs(z.Dir)
	if err != nil {
		return message
	}
	within := string(filepath.Separator)
	return strings.TrimPrefix(strings.ReplaceAll(message, dir+within, ""), filepath.Clean(z.Dir)+within)
}

// TookWords is a span of time as people say it.
func TookWords(d time.Duration) string {
	switch {
	case d < time.Minute:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + "秒"
	case d < time.Hour:
		return fmt.Sprintf("%d分%d秒", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%d小时%d分", int(d.Hours()), int(d.Minutes())%60)
}

// ByWords says who had something done.
func ByWords(by string) string {
	if words := map[string]string{"schedule": "计划", "watch": "自动（收件箱有新文件）"}[by]; words != "" {
		return words
	}
	if name, ok := strings.CutPrefix(by, "page "); ok {
		return name + "（网页）"
	}
	return by
}

// RunNow does one of the jobs at once; without a name what lies in the inbox is taken in.
func (s *Pages) RunNow(w http.ResponseWriter, r *http.Request, who account.Person) error {
	if err := frame.ReadForm(w, r, 4<<10, "没有读到要做的任务，请再试一次。"); err != nil {
		return err
	}
	job, by := r.PostForm.Get("job"), "page "+who.Name
	frame.About(w, job)
	var err error
	came := "job"
	switch {
	case job == "" || job == zone.JobIntake:
		came = "intake"
		err = s.Options.Service.Run(r.Context(), by)
	case slices.Contains(zone.JobNames, job):
		_, err = s.Options.Service.Do(r.Context(), job, by)
	default:
		return frame.BadAsk("没有这个任务。")
	}
	if err != nil {
		return s.Undone(err, job, "/runs")
	}
	http.Redirect(w, r, "/runs?done="+came, http.StatusSeeOther)
	return nil
}

// Undone is a job that somebody asked for and that wasn't done: what it lacks and what is under way already is no fault of
// the system.
func (s *Pages) Undone(err error, job, back string) error {
	var refusal *office.Refusal
	switch {
	case errors.As(err, &refusal):
		return &frame.Fault{Status: http.StatusBadRequest, Says: "没有做：" + frame.InChinese(refusal, "设置还不够，请先在“设置”里填写。"), Back: back}
	case errors.Is(err, service.ErrBusy):
		return &frame.Fault{Status: http.StatusConflict, Says: "没有做：这个任务正在执行，请稍候再看。", Back: back}
	}
	s.Options.Log.Error("job for the page", "job", job, "err", err)
	return &frame.Fault{Status: http.StatusInternalServerError, Says: "没有全部完成：" + lang.In(err, lang.Chinese), Back: back}
}

// AuditFile sends the audit.
func (s *Pages) AuditFile(w http.ResponseWriter, r *http.Request, _ account.Person) error {
	frame.Attach(w, "audit.jsonl", "application/jsonl")
	return s.Audit.Export(w)
}
