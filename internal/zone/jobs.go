package zone

import (
	"slices"
	"time"

	"taizhang/internal/decl"
	"taizhang/internal/schedule"
)

// Jobs of serve, in the order in which those that are due at once are done.
const (
	JobIntake  = "intake"  // take in what lies in the inbox, publish
	JobPublish = "publish" // publish a new business day
	JobSummary = "summary" // issue the weekly papers
	JobMail    = "mail"    // send the weekly workbook
	JobRemind  = "remind"  // 催报
	JobBackup  = "backup"  // back the zone up
	JobDrill   = "drill"   // restore the newest backup elsewhere and compare
	JobTidy    = "tidy"    // move what is old into yearly folders, drop old logs
)

// JobNames are the jobs of serve.
var JobNames = []string{JobIntake, JobPublish, JobSummary, JobMail, JobRemind, JobBackup, JobDrill, JobTidy}

// What becomes of occurrences that were missed because the computer was off or something else went on.
const (
	MissedOnce = "once" // the newest is made up for, however long ago it was
	MissedEach = "each" // each is made up for
	MissedSkip = "skip" // none is
)

// What becomes of an occurrence that comes while the one before is at work.
const (
	OverlapWait = "wait"
	OverlapSkip = "skip"
)

// Job is what the configuration says of a job of serve. Zero values are the job's own defaults.
type Job struct {
	Schedule schedule.Schedule
	Set      bool // Schedule was given
	Off      bool
	Missed   string
	Overlap  string
	Limit    time.Duration // how long an attempt may take
	Retries  int           // how often a failed attempt is repeated; -1: the default
}

// Backup says where the zone is backed up to.
type Backup struct {
	To   string // a folder outside the zone; "": no backups
	Keep int    // how many are kept
}

// Alerts say when somebody is to be told.
type Alerts struct {
	SilentDays int // nothing was received for so many days
	DiskMB     int // less is free
	BackupDays int // the newest backup is older
}

// Defaults of what the configuration may leave out.
const (
	DefaultKeep       = 30
	DefaultSilentDays = 14
	DefaultDiskMB     = 1024
	DefaultBackupDays = 3
)

var (
	jobKeys    = []string{"at", "missed", "overlap", "limit", "retries"}
	backupKeys = []string{"to", "keep"}
	alertKeys  = []string{"silent_days", "disk_mb", "backup_days"}
)

// jobs reads the schedules: a text, off, or a mapping for each job.
func (p *parser) jobs(n *decl.Node) {
	p.z.Jobs = map[string]Job{}
	m := n.Fields(JobNames...).Filled()
	for _, name := range JobNames {
		v := m[name]
		if v == nil || v.IsText() && v.Value() == "" {
			continue // the default, written out
		}
		job := Job{Retries: -1}
		if v.IsMapping() {
			p.job(name, v, &job)
		} else if text, ok := v.Text(); ok {
			p.at(name, v, text, &job)
		}
		p.z.Jobs[name] = job
	}
}

func (p *parser) at(name string, n *decl.Node, text string, job *Job) {
	if text == "off" || text == "false" || text == "不执行" {
		job.Off = true
		return
	}
	var err error
	if job.Schedule, err = schedule.Parse(text, p.z.Location, p.z.Calendar); err != nil {
		n.Fault("schedule %s: %q is not a cron schedule (%v); write five fields such as \"*/5 * * * *\" (every 5 minutes) or \"0 13 * * 1\" (Mondays at 13:00), or \"working_day 09:00\"",
			"定时 %[1]s：“%[2]s”看不懂；可写“每天 12:30”“每周一 13:00”“每月1日 14:00”“每10分钟”“工作日 09:00”，或 cron 五段（分 时 日 月 星期）", name, text, err)
		return
	}
	job.Set = true
}

func (p *parser) job(name string, n *decl.Node, job *Job) {
	m := n.Fields(jobKeys...).Filled()
	if v := m["at"]; v != nil {
		if text, ok := v.Text(); ok {
			p.at(name, v, text, job)
		}
	}
	if v := m["missed"]; v != nil {
		job.Missed, _ = v.OneOf(MissedOnce, MissedEach, MissedSkip)
	}
	if v := m["overlap"]; v != nil {
		job.Overlap, _ = v.OneOf(OverlapWait, OverlapSkip)
	}
	if v := m["retries"]; v != nil {
		if r, ok := v.Int(0, 100); ok {
			job.Retries = r
		}
	}
	if text, ok := m["limit"].Text(); ok {
		d, err := time.ParseDuration(text)
		if err != nil || d < time.Second || d > 7*24*time.Hour {
			m["limit"].Fault("schedule %s: limit %q is no time such as 30m or 2h", "定时 %s：limit（时限）“%s”应写成 30m（30分钟）、2h（2小时）的样子", name, text)
			return
		}
		job.Limit = d
	}
}

// keeping reads where backups go and when somebody is to be told.
func (p *parser) keeping(backup, alerts *decl.Node) {
	z := p.z
	z.Backups.Keep = DefaultKeep
	z.Alerts = Alerts{SilentDays: DefaultSilentDays, DiskMB: DefaultDiskMB, BackupDays: DefaultBackupDays}
	if backup != nil {
		if backup.IsText() {
			z.Backups.To, _ = backup.Text()
		} else {
			m := backup.Fields(backupKeys...).Filled()
			z.Backups.To, _ = m["to"].Text()
			if v := m["keep"]; v != nil {
				if k, ok := v.Int(1, 10_000); ok {
					z.Backups.Keep = k
				}
			}
		}
	}
	m := alerts.Fields(alertKeys...).Filled()
	for _, key := range alertKeys {
		v, ok := m[key].Int(0, 1<<30)
		if !ok {
			continue
		}
		switch key {
		case "silent_days":
			z.Alerts.SilentDays = v
		case "disk_mb":
			z.Alerts.DiskMB = v
		case "backup_days":
			z.Alerts.BackupDays = v
		}
	}
}

// language reads the language of the command line, service and log; "" is the system's.
func (p *parser) language(n *decl.Node) {
	if n == nil {
		return
	}
	if word, ok := n.OneOf("zh", "en"); ok && slices.Contains([]string{"zh", "en"}, word) {
		p.z.Language = word
	}
}
