package running

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/frame"
	"taizhang/internal/backup"
	"taizhang/internal/lang"
	"taizhang/internal/zone"
)

// backupsView is 备份与恢复: the backups in a folder, what each holds, and the restore that is or was under way.
type backupsView struct {
	Dir      string
	Dirs     []string // where backups are known to be
	List     []backupView
	Faults   []string // what can't be read
	Note     string   // why nothing is listed
	Restore  *restoreView
	ZoneDir  string
	Beside   string // the folder that holds the zone's
	AsksName string // proposed for the new folder
}

type backupView struct {
	Name, At, Size, Program                     string
	Files, Originals, Receipts, Papers, Waiting int
	Figures                                     bool // with a publication, whose figures a restore proves
	Lacking                                     bool // pieces of it are missing
	Users                                       bool
}

// restoreView is a restore as it stands.
type restoreView struct {
	Name, To, Begun, Doing    string
	Running                   bool
	Fault                     string
	Files, Receipts, Papers   int
	Size                      string
	Proven                    bool
	Returns, Figures, Percent int
	Differences, Notes        []string
	DifferencesMore           int
}

// restoring is the restore that this page began last.
type restoring struct {
	mu   sync.Mutex
	last *restore
	work sync.WaitGroup
}

type restore struct {
	name, to    string
	begun       time.Time
	doing       lang.Text
	done, total int64
	ended       bool
	report      *office.RestoreReport
	err         error
}

const differencesShown = 20

// backupDirs are the folders that backups of the zone are known to be in.
func backupDirs(z *office.Zone) (out []string, err error) {
	if z.Backups.To != "" {
		out = append(out, z.Backups.To)
	}
	last, err := z.LastBackup()
	if err != nil {
		return nil, err
	}
	if last != nil && !slices.Contains(out, last.Dir) {
		out = append(out, last.Dir)
	}
	return out, nil
}

// Backups lists the backups in a folder.
func (s *Pages) Backups(w http.ResponseWriter, r *http.Request, who account.Person) error {
	z := s.ZoneOf()
	abs, err := filepath.Abs(z.Dir)
	if err != nil {
		return err
	}
	v := backupsView{Dir: strings.TrimSpace(r.URL.Query().Get("dir")), ZoneDir: abs, Beside: filepath.Dir(abs)}
	v.AsksName = filepath.Base(abs) + "-恢复"
	if v.Dirs, err = backupDirs(z); err != nil {
		return err
	}
	if v.Dir == "" && len(v.Dirs) > 0 {
		v.Dir = v.Dirs[0]
	}
	frame.About(w, v.Dir)
	if v.Dir == "" {
		v.Note = "还没有备份。请在“设置”的“基本”里填写备份文件夹，或在上面写出有备份的文件夹。"
	} else if err := v.look(z); err != nil {
		return err
	}
	l := frame.Layout{Title: "备份与恢复", Body: &v}
	if v.Restore = s.restoring.view(z.Location); v.Restore != nil && v.Restore.Running {
		l.Again = 2
	}
	s.Render(w, r, who, http.StatusOK, "backups", l)
	return nil
}

// look reads what a folder of backups holds, newest first.
func (v *backupsView) look(z *office.Zone) error {
	store, err := backup.Open(v.Dir)
	if errors.Is(err, backup.ErrNone) {
		v.Note = "“" + v.Dir + "”里没有备份。U盘或移动硬盘是否插好，盘符是否变了？"
		return nil
	}
	if err != nil {
		v.Note = "“" + v.Dir + "”打不开：" + lang.In(err, lang.Chinese)
		return nil
	}
	sets, damaged, err := store.Sets()
	if err != nil {
		return err
	}
	for _, err := range damaged {
		v.Faults = append(v.Faults, lang.In(err, lang.Chinese))
	}
	lacking, err := store.Lacking()
	if err != nil {
		return err
	}
	for _, set := range slices.Backward(sets) {
		b := backupView{Name: set.Name, At: set.At.In(z.Location).Format("2006-01-02 15:04"), Size: sizeOf(set.Bytes()), Program: set.Program, Files: len(set.Files), Lacking: slices.Contains(lacking, set.Name)}
		for _, f := range set.Files {
			b.count(f.Path)
		}
		v.List = append(v.List, b)
	}
	if len(v.List) == 0 {
		v.Note = "“" + v.Dir + "”里没有完整的备份。"
	}
	return nil
}

// count counts a file of a backup by what it is.
func (b *backupView) count(path string) {
	switch top, rest, _ := strings.Cut(path, "/"); top {
	case "archive":
		if len(rest) > 2 && rest[2] == '/' {
			b.Originals++
		}
	case "outbox":
		b.Receipts++
	case "summaries":
		if rest != "issued.json" {
			b.Papers++
		}
	case "inbox":
		b.Waiting++
	case "published":
		b.Figures = true
	case "state.sqlite":
		b.Users = true
	}
}

func sizeOf(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/(1<<20)) }

// Restore begins to restore a backup into a new folder beside the zone's. The zone itself stays as it is: a restore in its
// place would take the folder from under those who are at work in it, here as on the command line.
func (s *Pages) Restore(w http.ResponseWriter, r *http.Request, who account.Person) error {
	if err := frame.ReadForm(w, r, 16<<10, "没有读到要恢复的备份，请再试一次。"); err != nil {
		return err
	}
	f := r.PostForm
	dir, name, folder := strings.TrimSpace(f.Get("dir")), strings.TrimSpace(f.Get("name")), strings.TrimSpace(f.Get("to"))
	frame.About(w, strings.Join([]string{dir, name, folder}, " "))
	refuse := func(says string) error {
		return &frame.Fault{Status: http.StatusBadRequest, Says: says, Back: "/runs/backups"}
	}
	to, err := besideZone(s.ZoneOf(), folder)
	switch {
	case err != nil:
		return refuse(err.Error())
	case dir == "" || name == "":
		return refuse("请选择要恢复的备份。")
	case f.Get("confirm") != "yes":
		return refuse("请勾选“确认恢复”。没有恢复。")
	}
	job := &restore{name: name, to: to, begun: s.Options.Clock()}
	if !s.restoring.begin(job) {
		return &frame.Fault{Status: http.StatusConflict, Says: "正在恢复另一份备份，请等它结束。", Back: "/runs/backups"}
	}
	s.restoring.work.Go(func() {
		ctx, cancel := context.WithCancel(frame.NoContext)
		defer cancel()
		go func() {
			select {
			case <-s.Ended:
				cancel()
			case <-ctx.Done():
			}
		}()
		report, err := office.Restore(ctx, office.RestoreOptions{Dir: dir, Name: name, To: to, Log: s.Options.Log, Progress: func(done, total int64, what lang.Text) { s.restoring.progress(job, done, total, what) }})
		if err != nil {
			s.Options.Log.Error("restore for the page", "backup", name, "to", to, "err", err)
		}
		s.restoring.end(job, report, err)
	})
	http.Redirect(w, r, "/runs/backups", http.StatusSeeOther)
	return nil
}

// besideZone is the folder of a name beside the zone's own.
func besideZone(z *office.Zone, name string) (string, error) {
	abs, err := filepath.Abs(z.Dir)
	if err != nil {
		return "", err
	}
	parent := filepath.Dir(abs)
	if parent == abs {
		return "", errors.New("园区文件夹就是磁盘的根目录，旁边不能再建文件夹。请在命令行执行 taizhang restore 恢复到别处。")
	}
	if name == "" || name != zone.SafeName(name) || strings.HasPrefix(name, ".") || len(name) > 120 || filepath.Base(name) != name {
		return "", errors.New("新文件夹的名称不能空着，不能以点开头，也不能有 / \\ : * ? 等符号。")
	}
	return filepath.Join(parent, name), nil
}

func (x *restoring) begin(job *restore) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.last != nil && !x.last.ended {
		return false
	}
	x.last = job
	return true
}

func (x *restoring) progress(job *restore, done, total int64, what lang.Text) {
	x.mu.Lock()
	defer x.mu.Unlock()
	job.done, job.total, job.doing = done, total, what
}

func (x *restoring) end(job *restore, report *office.RestoreReport, err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	job.ended, job.report, job.err = true, report, err
}

// view is the last restore; nil where this page began none.
func (x *restoring) view(loc *time.Location) *restoreView {
	x.mu.Lock()
	defer x.mu.Unlock()
	job := x.last
	if job == nil {
		return nil
	}
	v := &restoreView{Name: job.name, To: job.to, Begun: job.begun.In(loc).Format("15:04"), Running: !job.ended, Doing: job.doing.In(lang.Chinese)}
	if job.total > 0 {
		v.Percent = int(100 * job.done / job.total)
	}
	if job.err != nil {
		v.Fault = lang.In(job.err, lang.Chinese)
	}
	if r := job.report; r != nil {
		v.Files, v.Receipts, v.Papers, v.Size, v.Proven, v.Returns, v.Figures = r.Files, r.Receipts, r.Papers, sizeOf(r.Bytes), r.Proven, r.Returns, r.Figures
		for _, n := range r.Notes {
			v.Notes = append(v.Notes, n.In(lang.Chinese))
		}
		for i, d := range r.Differences {
			if i == differencesShown {
				v.DifferencesMore = len(r.Differences) - i
				break
			}
			v.Differences = append(v.Differences, d.Said.Chinese)
		}
	}
	return v
}
