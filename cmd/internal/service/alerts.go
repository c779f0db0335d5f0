package service

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/ingest"
	"taizhang/internal/calendar"
	"taizhang/internal/durable"
	"taizhang/internal/lang"
	"taizhang/internal/mail"
	"taizhang/internal/state"
	"taizhang/internal/zone"
)

// AlertFile is where whoever opens the zone's folder sees what is to be done.
const AlertFile = "告警.txt"

// Kinds of alerts.
const (
	alertJob      = "job"      // a job failed, by name
	alertConfig   = "config"   // the declarations can't be read
	alertBackup   = "backup"   // the newest backup is old
	alertDisk     = "disk"     // little room is left
	alertSilent   = "silent"   // nothing was received for days
	alertCalendar = "calendar" // holidays of a year aren't known
	alertUnit     = "unit"     // a folder or file of one unit can't be read or written
	alertUnread   = "unread"   // nobody reads the inbox
)

// between is how often alerts are looked for.
const between = time.Minute

// look raises and ends alerts, writes the file and mails what is new.
func (s *Service) look(ctx context.Context) {
	now := s.o.Clock()
	s.mu.Lock()
	due := now.Sub(s.checked).Abs() >= between || s.checked.IsZero()
	if due {
		s.checked = now
	}
	s.mu.Unlock()
	if !due || ctx.Err() != nil {
		return
	}
	if err := s.Alerts(ctx, now); err != nil {
		s.o.Log.Error("look for what somebody has to be told", "err", err)
	}
}

// Alerts raises and ends alerts, writes the file and mails what is new.
func (s *Service) Alerts(ctx context.Context, now time.Time) error {
	z := s.Zone()
	found, err := s.found(ctx, z, now)
	if err != nil {
		return err
	}
	lasting, err := s.store.Alerts(ctx)
	if err != nil {
		return err
	}
	for _, a := range lasting {
		if _, still := found[[2]string{a.Kind, a.Subject}]; !still {
			s.o.Log.Info("an alert is over", "alert", a.Kind, "subject", a.Subject)
			if err := s.store.Clear(ctx, a.Kind, a.Subject, now); err != nil {
				return err
			}
		}
	}
	for key, text := range found {
		fresh, err := s.store.Raise(ctx, key[0], key[1], text, now)
		if err != nil {
			return err
		}
		if fresh {
			s.o.Log.Warn("alert", "alert", key[0], "subject", key[1], "text", text.String())
		}
	}
	if lasting, err = s.store.Alerts(ctx); err != nil {
		return err
	}
	return errors.Join(s.writeAlerts(z, lasting), s.mailAlerts(ctx, z, now))
}

// found is what is wrong now, by kind and subject.
func (s *Service) found(ctx context.Context, z *office.Zone, now time.Time) (map[[2]string]lang.Text, error) {
	out := map[[2]string]lang.Text{}
	s.mu.Lock()
	jobs, wrong := s.jobs, s.wrong
	s.mu.Unlock()
	if wrong != nil {
		out[[2]string{alertConfig}] = lang.Say("taizhang.yaml or another declaration is wrong; until it is mended nothing is taken in or published: %[1]s", "taizhang.yaml 等设置文件有错，改正前不收件、不发布：%[1]s", inBoth(wrong))
	}
	for _, j := range jobs {
		text, err := s.trouble(ctx, j, now)
		if err != nil {
			return nil, err
		}
		if text != (lang.Text{}) {
			out[[2]string{alertJob, j.name}] = text
		}
	}
	if text, err := oldBackup(z, s.since, now); err != nil {
		return nil, err
	} else if text != (lang.Text{}) {
		out[[2]string{alertBackup}] = text
	}
	if free, _ := office.FreeSpace(z.Dir); free >= 0 && free < int64(z.Alerts.DiskMB)<<20 {
		out[[2]string{alertDisk}] = lang.Say("%[1]d MB are left on the disk, fewer than %[2]d. Make room, or move old backups away.", "磁盘剩余%[1]d兆，不足%[2]d兆。请清理磁盘或把旧备份移走。", free>>20, z.Alerts.DiskMB)
	}
	for _, y := range unknownYears(z.Calendar, z.Today(now)) {
		out[[2]string{alertCalendar, fmt.Sprint(y)}] = lang.Say("the holidays of %[1]d are not known yet: due days and working days are reckoned by Monday to Friday. Update the program, or add them to holidays, workdays in taizhang.yaml as the State Council announces them.",
			"%[1]d年的放假调休安排尚未录入，截止日和工作日将按周一至周五推算。请更新程序，或按国务院办公厅通知在 taizhang.yaml 的 holidays、workdays 中补上。", y)
	}
	if err := s.read(z); err != nil {
		return nil, err
	}
	if text := silence(z, s.seen.last, now); text != (lang.Text{}) {
		out[[2]string{alertSilent}] = text
	}
	if text, err := s.unread(ctx, z, now); err != nil {
		return nil, err
	} else if text != (lang.Text{}) {
		out[[2]string{alertUnread}] = text
	}
	troubles := slices.Clone(s.seen.unanswered)
	for _, err := range z.FolderTroubles() {
		troubles = append(troubles, lang.Text{English: lang.In(err, lang.English), Chinese: lang.In(err, lang.Chinese)})
	}
	for _, t := range troubles {
		out[[2]string{alertUnit, t.Chinese}] = lang.Say("to be dealt with: %[1]s", "待处理：%[1]s", t)
	}
	return out, nil
}

// unreadDays is after how many days without an intake somebody is told.
const unreadDays = 3

// unread says that nobody reads the inbox: intake is off and files wait, or it wasn't done for days; empty where it was.
func (s *Service) unread(ctx context.Context, z *office.Zone, now time.Time) (lang.Text, error) {
	j, err := s.jobOf(zone.JobIntake)
	if err != nil {
		return lang.Text{}, err
	}
	last, ever, err := s.store.Last(ctx, zone.JobIntake, state.Done, state.Failed) // a failed one is told as that
	if err != nil {
		return lang.Text{}, err
	}
	since, ago := s.since, lang.Say("never since the service began", "服务启动以来没有读取过")
	if ever {
		since, ago = last.Finished, lang.Say("last on %[1]s", "上次读取 %[1]s", s.shown(last.Finished))
	}
	days := int(now.Sub(since).Hours() / 24)
	if !j.isOff() {
		if days < unreadDays {
			return lang.Text{}, nil
		}
		return lang.Say("the inbox has not been read for %[1]d days (%[2]s). Look at schedule: intake in taizhang.yaml, or read it now: taizhang run",
			"已有%[1]d天没有读取收件箱（%[2]s）。请检查“设置”里“收件”的计划，或用“现在读取收件箱”（taizhang run）读取。", days, ago), nil
	}
	files, err := ingest.Inbox(z.Inbox())
	if err != nil {
		return lang.Text{}, nil // told as a trouble of its folder
	}
	waiting := 0
	for _, f := range files {
		if f.Wait == (lang.Text{}) {
			waiting++
		}
	}
	if waiting == 0 && days < unreadDays {
		return lang.Text{}, nil
	}
	return lang.Say("intake is off in taizhang.yaml, and nobody reads what is dropped into the inbox: %[1]d files wait (%[2]s). Put schedule: intake back, or read it now: taizhang run",
		"“收件”已在设置里关闭，放进收件箱的报表没有人读取：现有%[1]d份在等，%[2]s。请在“设置”里恢复“收件”的计划，或用“现在读取收件箱”（taizhang run）读取。", waiting, ago), nil
}

// trouble says that a job's newest attempt failed, and what happens next; empty where it didn't.
func (s *Service) trouble(ctx context.Context, j job, now time.Time) (lang.Text, error) {
	if j.isOff() {
		return lang.Text{}, nil
	}
	last, ok, err := s.store.Last(ctx, j.name, state.Done, state.Skipped, state.Failed)
	if err != nil || !ok || last.Result != state.Failed {
		return lang.Text{}, err
	}
	if newest, ok := j.schedule.Last(now); ok && !j.light && !last.Due.IsZero() && !newest.Equal(last.Due) {
		if settled, err := s.store.Settled(ctx, j.name, newest); err != nil || settled {
			return lang.Text{}, err // the clock went back and forth: what is due now was done
		}
	}
	next := lang.Say("it is tried again on schedule", "将按定时再试")
	if !j.light && !last.Due.IsZero() {
		if last.Attempt > j.retries {
			next = lang.Say("it is not tried again: mend it, then taizhang jobs run %[1]s", "已不再重试，请处理后在网页“运行”里点“现在做”，或执行 taizhang jobs run %[1]s", j.name)
		} else {
			next = lang.Say("it is tried again on %[1]s", "%[1]s 再试", s.shown(last.Finished.Add(pauseAfter(last.Attempt))))
		}
	}
	said := inBoth(last.Message)
	said.English, said.Chinese = strings.TrimRight(said.English, "。."), strings.TrimRight(said.Chinese, "。.")
	return lang.Say("job %[1]s failed, attempt %[3]d (%[4]s): %[5]s; %[6]s", "任务“%[2]s”第%[3]d次未成功（%[4]s）：%[5]s。%[6]s。",
		j.name, Titles[j.name], last.Attempt, s.shown(last.Finished), said, next), nil
}

// oldBackup says that the newest backup is too old, of a zone that is to be backed up.
func oldBackup(z *office.Zone, since, now time.Time) (lang.Text, error) {
	if z.Backups.To == "" || z.Alerts.BackupDays == 0 {
		return lang.Text{}, nil
	}
	last, err := z.LastBackup()
	if err != nil {
		return lang.Text{}, err
	}
	limit := time.Duration(z.Alerts.BackupDays) * 24 * time.Hour
	switch {
	case last == nil && now.Sub(since) > limit:
		return lang.Say("no backup was ever made. See that the folder of backups, %[1]s, can be reached (that the stick is in), then: taizhang jobs run backup",
			"尚未备份过。请检查备份文件夹 %[1]s 是否连通（U盘是否插好），再执行 taizhang jobs run backup。", z.Backups.To), nil
	case last != nil && now.Sub(last.At) > limit:
		return lang.Say("the last backup was made %[1]d days ago (%[2]s). See that the folder of backups, %[3]s, can be reached (that the stick is in), then: taizhang jobs run backup",
			"最近一次备份在%[1]d天前（%[2]s）。请检查备份文件夹 %[3]s 是否连通（U盘是否插好），再执行 taizhang jobs run backup。",
			int(now.Sub(last.At).Hours()/24), last.At.In(z.Location).Format("2006-01-02 15:04"), z.Backups.To), nil
	}
	return lang.Text{}, nil
}

// unknownYears are the years whose holidays aren't known though they are needed: this one, and from October on the next,
// which the State Council announces in these months.
func unknownYears(days *calendar.Workdays, today calendar.Date) (years []int) {
	if !days.Covered(today.Year()) {
		years = append(years, today.Year())
	}
	if today.Month() >= time.October && !days.Covered(today.Year()+1) {
		years = append(years, today.Year()+1)
	}
	return years
}

// seen is what the journal said when it was so long: it is read again only where it has grown.
type seen struct {
	size       int64
	unanswered []lang.Text
	last       time.Time
}

func (s *Service) read(z *office.Zone) error {
	size := z.JournalSize()
	if size == s.seen.size {
		return nil
	}
	unanswered, last, err := z.Journal()
	if err != nil {
		return err
	}
	s.seen = seen{size, unanswered, last}
	return nil
}

// silence says that nothing was received for long, though something is owed.
func silence(z *office.Zone, last, now time.Time) lang.Text {
	if z.Alerts.SilentDays == 0 || len(z.Returns) == 0 || z.AsOf.Valid() || last.IsZero() {
		return lang.Text{}
	}
	days := int(now.Sub(last).Hours() / 24)
	if days < z.Alerts.SilentDays {
		return lang.Text{}
	}
	return lang.Say("nothing has been received for %[1]d days (last on %[2]s). See that units still drop into inbox, and that its share can be reached.",
		"已有%[1]d天没有收到任何报表（最近一次 %[2]s）。请检查各单位是否仍往 inbox 投放、共享文件夹是否连通。", days, last.In(z.Location).Format("2006-01-02 15:04"))
}

// writeAlerts keeps the file as the alerts are; there is none where there are none.
func (s *Service) writeAlerts(z *office.Zone, lasting []state.Alert) error {
	path := filepath.Join(z.Dir, AlertFile)
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(lasting) == 0 {
		if err != nil {
			return nil
		}
		return durable.Remove(path)
	}
	var b strings.Builder
	b.WriteString("\ufeff台账系统有以下事项需要处理（处理后本文件自动消失）：\r\n")
	for i, a := range lasting {
		fmt.Fprintf(&b, "\r\n%d. %s\r\n   自 %s 起\r\n", i+1, a.Text.Chinese, s.shown(a.Since))
	}
	if string(old) == b.String() {
		return nil
	}
	return durable.WriteBytes(path, 0o644, []byte(b.String()))
}

// mailAlerts mails once that an alert began and once that it ended, to the office, where mail is configured.
func (s *Service) mailAlerts(ctx context.Context, z *office.Zone, now time.Time) error {
	if z.Mail == nil || len(z.Mail.To[mailOffice]) == 0 {
		return nil
	}
	untold, err := s.store.Untold(ctx)
	if err != nil || len(untold) == 0 {
		return err
	}
	var b strings.Builder
	begun, ended := 0, 0
	for _, a := range untold {
		switch {
		case a.Ended.IsZero():
			begun++
			fmt.Fprintf(&b, "【告警】%s（自 %s）\n", a.Text.Chinese, s.shown(a.Since))
		default:
			ended++
			fmt.Fprintf(&b, "【已恢复】%s（%s 至 %s）\n", a.Text.Chinese, s.shown(a.Since), s.shown(a.Ended))
		}
	}
	subject := fmt.Sprintf("【台账】%s：%d项告警", z.Name, begun)
	if begun == 0 {
		subject = fmt.Sprintf("【台账】%s：%d项告警已恢复", z.Name, ended)
	}
	if err := z.Mail.Send(ctx, mailOffice, mail.Message{Subject: subject, Text: b.String()}); err != nil {
		s.o.Log.Error("mail an alert; it is tried again", "err", err)
		return nil // 告警.txt holds it, and the next look mails it
	}
	for _, a := range untold {
		if err := s.store.Tell(ctx, a, now); err != nil {
			return err
		}
	}
	return nil
}

// mailOffice is the role that is told what goes wrong.
const mailOffice = "office"
