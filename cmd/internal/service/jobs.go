package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/office/copies"
	"taizhang/cmd/internal/papers"
	"taizhang/ingest/finding"
	"taizhang/internal/archive"
	"taizhang/internal/durable"
	"taizhang/internal/lang"
	"taizhang/internal/logbook"
	"taizhang/internal/schedule"
	"taizhang/internal/state"
	"taizhang/internal/zone"
)

// job is something that recurs.
type job struct {
	name     string
	schedule schedule.Schedule
	why      lang.Text // why it isn't done, empty where it is
	missed   string
	overlap  string
	limit    time.Duration
	retries  int
	light    bool   // recurs so often that an attempt without news isn't kept
	beside   bool   // works beside the others: it changes nothing of the zone's
	early    bool   // also what was due before the schedule was first looked at
	after    string // only once this job has done the same occurrence
	do       func(context.Context, attempt) (Report, error)
}

// attempt is one try at a job.
type attempt struct {
	job   job
	due   time.Time // the occurrence; zero by hand
	no    int       // from 1
	by    string
	final bool // it isn't tried again
}

// Report is what came of an attempt.
type Report struct {
	Message string
	Skipped bool // there was nothing to do, and won't be for this occurrence
	News    bool // worth keeping even of a light job
}

// Titles are the jobs' names for people.
var Titles = map[string]string{
	zone.JobIntake: "收件", zone.JobPublish: "每日发布", zone.JobSummary: "出周报", zone.JobMail: "发送周报", zone.JobRemind: "催报",
	zone.JobBackup: "备份", zone.JobDrill: "恢复演练", zone.JobTidy: "整理旧文件",
}

// Schedules where the configuration names none.
var defaults = map[string]string{
	zone.JobIntake: "* * * * *", zone.JobPublish: "5 0 * * *", zone.JobRemind: "working_day 09:00",
	zone.JobBackup: "30 12 * * *", zone.JobDrill: "0 14 1 * *", zone.JobTidy: "30 13 * * 0",
}

// Usual says when a job is done where the configuration names no time.
func Usual(job string) string {
	if spec := defaults[job]; spec != "" {
		return schedule.InWords(spec)
	}
	return weeklyUsual.Chinese
}

var weeklyUsual = lang.Say("after the last due time of the week", "每周最后一个报送时限之后")

// isOff says whether a job isn't done at all.
func (j *job) isOff() bool { return j.why != lang.Text{} }

// jobTable makes the jobs by a zone's declarations.
func (s *Service) jobTable(z *office.Zone) []job {
	weekly := schedule.Of(afterLastDue, z.NextSummary)
	jobs := []job{
		{name: zone.JobIntake, light: true, early: true, limit: 4 * time.Hour, do: s.intake},
		{name: zone.JobPublish, early: true, limit: 4 * time.Hour, retries: 5, do: s.intake},
		{name: zone.JobSummary, schedule: weekly, early: true, limit: time.Hour, retries: 30, do: s.summary},
		{name: zone.JobMail, schedule: weekly, early: true, beside: true, limit: time.Hour, retries: 30, after: zone.JobSummary, do: s.mail},
		{name: zone.JobRemind, limit: 30 * time.Minute, retries: 3, do: s.remind},
		{name: zone.JobBackup, beside: true, limit: 12 * time.Hour, retries: 5, do: s.backup},
		{name: zone.JobDrill, beside: true, limit: 12 * time.Hour, retries: 2, do: s.drill},
		{name: zone.JobTidy, limit: 2 * time.Hour, retries: 3, do: s.tidy},
	}
	for i := range jobs {
		j := &jobs[i]
		set, given := z.Jobs[j.name]
		if text := defaults[j.name]; text != "" {
			j.schedule, _ = schedule.Parse(text, z.Location, z.Calendar) // TestDefaults: they can be read
		}
		if set.Set {
			j.schedule = set.Schedule
		}
		j.missed, j.overlap = cmp.Or(set.Missed, zone.MissedOnce), cmp.Or(set.Overlap, zone.OverlapWait)
		if set.Limit > 0 {
			j.limit = set.Limit
		}
		if given && set.Retries >= 0 {
			j.retries = set.Retries
		}
		switch {
		case set.Off:
			j.why = lang.Say("switched off in taizhang.yaml (off)", "taizhang.yaml 中已关闭（off）")
		case j.name == zone.JobMail && z.Mail == nil:
			j.why = lang.Say("taizhang.yaml has no mail:", "taizhang.yaml 没有写 mail:")
		case (j.name == zone.JobBackup || j.name == zone.JobDrill) && z.Backups.To == "":
			j.why = lang.Say("taizhang.yaml has no backup:", "taizhang.yaml 没有写 backup:")
		}
	}
	if sum, mail := z.Jobs[zone.JobSummary], &jobs[3]; sum.Set && !z.Jobs[zone.JobMail].Set {
		mail.schedule = sum.Schedule // the same occurrences
	}
	return jobs
}

// intake takes in and publishes; the daily publication is the same on a new business day.
func (s *Service) intake(ctx context.Context, _ attempt) (Report, error) {
	z, out, err := s.run(ctx, Request{})
	r := Report{Message: told(out)}
	if out != nil && (len(out.Reports) > 0 || out.Published) {
		r.News = true
		s.o.Told(z, out)
		s.o.Log.Info("run", "returns", len(out.Reports), "published", out.Published)
	}
	return r, err
}

// told is an outcome in a line.
func told(o *office.Outcome) string {
	if o == nil {
		return ""
	}
	n := map[finding.Outcome]int{}
	returns := 0
	for _, r := range o.Reports {
		for _, ret := range r.Returns {
			n[ret.Outcome]++
			returns++
		}
	}
	var parts []string
	if returns > 0 {
		parts = append(parts, fmt.Sprintf("收到%d份", returns))
		for _, k := range []finding.Outcome{finding.Accepted, finding.Warned, finding.Partial, finding.Rejected, finding.Duplicate} {
			if n[k] > 0 {
				parts = append(parts, fmt.Sprintf("%s%d份", k.Label(), n[k]))
			}
		}
	}
	if o.Published {
		parts = append(parts, "已发布")
	}
	if len(o.Waiting) > 0 {
		parts = append(parts, fmt.Sprintf("%d个文件等待", len(o.Waiting)))
	}
	return strings.Join(parts, "，")
}

// patience is how many attempts at a weekly wait for an intake that fails, before it is issued saying so.
const patience = 3

// summary issues the weekly papers: with what came in at the last minute, or, where that can't be taken in, saying so.
func (s *Service) summary(ctx context.Context, a attempt) (Report, error) {
	z, out, err := s.run(ctx, Request{})
	if out != nil && (len(out.Reports) > 0 || out.Published) {
		s.o.Told(z, out)
	}
	notice := ""
	switch {
	case ctx.Err() != nil:
		return Report{}, ctx.Err()
	case err != nil && out != nil && len(out.Troubles) > 0: // the rest is in and published
		notice = fmt.Sprintf("有%d处文件未能读取，未计入本期", len(out.Troubles))
	case err != nil && a.no < patience && !a.final && a.by == bySchedule:
		return Report{}, lang.Errorf("take in what belongs into the weekly: %w", "接收周报所需的报表：%w", err)
	case err != nil:
		notice = "生成前收件未成功，本期数据可能不是最新（" + firstLine(err) + "）"
	}
	if some, err := anyReturn(z); err != nil || !some {
		return Report{Message: "尚未收到过报表，没有可汇总的内容", Skipped: a.by == bySchedule}, err
	}
	s.work.Lock()
	defer s.work.Unlock()
	d := s.desk(z)
	d.Notice = notice
	issued, err := d.Issue(ctx, papers.Options{})
	if err != nil {
		return Report{}, err
	}
	s.mu.Lock()
	s.issued = issued
	s.mu.Unlock()
	s.o.Say("周报：" + issued.Path)
	r := Report{Message: issued.Path, News: true}
	if notice != "" {
		r.Message += "；" + notice
	}
	return r, nil
}

// firstLine is the beginning of an error, with what a colon at its end leads to.
func firstLine(err error) string { return firstLineIn(err, lang.Chinese) }

// inBoth is firstLine for whoever reads it in either language.
func inBoth(err error) lang.Text {
	return lang.Text{English: firstLineIn(err, lang.English), Chinese: firstLine(err)}
}

func firstLineIn(err error, l lang.Language) string {
	line, more, _ := strings.Cut(lang.In(err, l), "\n")
	if strings.HasSuffix(line, "：") || strings.HasSuffix(line, ":") {
		next, _, _ := strings.Cut(more, "\n")
		line += strings.TrimSpace(next)
	}
	return line
}

// mail sends the weekly workbook to those who don't have it.
func (s *Service) mail(ctx context.Context, _ attempt) (Report, error) {
	z := s.Zone()
	if z.Mail == nil {
		return Report{}, office.Refuse("taizhang.yaml has no mail:", "taizhang.yaml 没有写 mail:")
	}
	s.mu.Lock()
	issued := s.issued
	s.mu.Unlock()
	d := s.desk(z)
	if issued == nil { // issued before this process began
		var err error
		if issued, err = d.Issue(ctx, papers.Options{}); err != nil {
			return Report{}, err
		}
	}
	sent, err := d.Send(ctx, issued, false)
	now, before := 0, 0
	for _, x := range sent {
		now += x.Now
		before += x.Before
	}
	return Report{Message: fmt.Sprintf("新发送%d人，此前已发%d人", now, before), News: true}, err
}

// tidy moves what is old into yearly folders and drops old logs and records.
func (s *Service) tidy(ctx context.Context, _ attempt) (Report, error) {
	s.work.Lock()
	defer s.work.Unlock()
	z, now := s.Zone(), s.o.Clock()
	moved, err := z.TidyYears(now)
	var faults []error
	faults = append(faults, err)
	shelved, err := papers.Shelve(ctx, z, now)
	faults = append(faults, err)
	logs, err := logbook.Prune(z.Logs(), now, z.Location)
	faults = append(faults, err)
	runs, err := s.store.Prune(ctx, now.AddDate(-1, 0, 0))
	faults = append(faults, err)
	return Report{Message: fmt.Sprintf("归入年度文件夹%d份，删除过期日志%d个、运行记录%d条", moved+shelved, logs, runs), News: true}, errors.Join(faults...)
}

// backup backs the zone up to where the declarations say.
func (s *Service) backup(ctx context.Context, _ attempt) (Report, error) {
	z := s.Zone()
	if z.Backups.To == "" {
		return Report{}, office.Refuse("taizhang.yaml has no backup:", "taizhang.yaml 没有写 backup:")
	}
	r, err := copies.Make(ctx, z, copies.Options{Dir: backupDir(z), Keep: z.Backups.Keep, Program: s.o.Version, Clock: s.o.Clock, Log: s.o.Log})
	if r == nil || r.Name == "" {
		return Report{}, err
	}
	for _, w := range r.Warnings {
		s.o.Log.Warn("backup", "warning", w.Error())
	}
	return Report{Message: fmt.Sprintf("%s：%d个文件，新复制%.1f兆，保留%d份", r.Name, r.Files, float64(r.CopiedBytes)/(1<<20), r.Kept), News: true}, err
}

// backupDir is the folder of backups; one that isn't absolute is meant from the zone's.
func backupDir(z *office.Zone) string {
	if filepath.IsAbs(z.Backups.To) {
		return z.Backups.To
	}
	return filepath.Join(z.Dir, z.Backups.To)
}

// drill brings the newest backup back into a folder of its own, proves its figures, and takes the folder away.
func (s *Service) drill(ctx context.Context, _ attempt) (r Report, err error) {
	z := s.Zone()
	if z.Backups.To == "" {
		return r, office.Refuse("taizhang.yaml has no backup:", "taizhang.yaml 没有写 backup:")
	}
	to, err := os.MkdirTemp("", "taizhang-drill-")
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(to)) }()
	got, err := office.Restore(ctx, office.RestoreOptions{Dir: backupDir(z), To: filepath.Join(to, "zone"), Log: s.o.Log})
	if err != nil {
		return r, lang.Errorf("the newest backup can't be brought back: %w", "最新的备份无法恢复：%w", err)
	}
	if !got.Proven {
		return Report{Message: fmt.Sprintf("%s：%d个文件完好；备份时尚未发布过数据，无从核对", got.Name, got.Files), News: true}, nil
	}
	return Report{Message: fmt.Sprintf("%s：%d个文件完好，重建后%d份报表、%d项数据与发布的一致", got.Name, got.Files, got.Returns, got.Figures), News: true}, nil
}

// anyReturn says whether anything was ever handed in.
func anyReturn(z *office.Zone) (bool, error) {
	a, err := archive.View(z.Archive())
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for e, err := range a.All() {
		if err != nil || e.Event == archive.Arrive {
			return err == nil, err
		}
	}
	return false, nil
}

// importIssued takes over what earlier programs noted in summaries/schedule.json.
func (s *Service) importIssued(ctx context.Context) error {
	due, path, err := earlierNote(s.zone)
	if err != nil || path == "" {
		return err
	}
	if !due.IsZero() {
		id, err := s.store.Begin(ctx, state.Run{Job: zone.JobSummary, Due: due, Attempt: 1, By: bySchedule, Started: due})
		if err == nil {
			err = s.store.End(ctx, id, due, state.Done, lang.Text{})
		}
		if err != nil {
			return err
		}
	}
	return durable.Remove(path)
}

// afterLastDue is the weekly's schedule where the configuration names none.
const afterLastDue = "after the last due time of the week"
