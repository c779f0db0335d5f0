package doctor

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// State is how one thing stands that a doctor looked at.
type State string

// The states, worst last.
const (
	Sound  State = "ok"
	Mended State = "mended"  // it was a fault, and is none any more
	Warned State = "warning" // nothing is wrong yet
	Faulty State = "fault"
)

// Finding is what a doctor found.
type Finding struct {
	Check   string // what was looked at: one word
	State   State
	Path    string // within the zone, "" for none
	Message lang.Text
	Command string // what mends it, "" where nothing is to be done or only a person can
}

// Options of looking a zone over.
type Options struct {
	Mend    bool   // what is safe to mend is mended
	From    string // folder of backups to mend from; the one of the last backup unless set
	Owned   bool   // the caller holds the zone's lock
	Program string // version of the program
	Clock   func() time.Time
	Log     *slog.Logger
}

// doctor looks a zone over.
type doctor struct {
	z     *office.Zone
	o     *Options
	found []Finding
	owned bool // the zone's lock is held
}

// Examine looks a zone over: everything that can be told from outside of figures. It changes nothing unless it is to mend;
// then it needs the zone's lock. The error is nil even where faults are found.
func Examine(ctx context.Context, dir string, o Options) ([]Finding, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	d := &doctor{o: &o}
	z, err := office.Load(dir)
	if err != nil {
		if _, e := os.Stat(filepath.Join(dir, office.RestoringName)); e == nil {
			d.add("declarations", Faulty, "", "taizhang restore "+backupsWord()+" --to "+dir, "a restore was cut short here: the folder is no zone yet", "恢复没有完成，这里还不是可用的园区")
			return d.found, nil
		}
		d.add("declarations", Faulty, "", "", "%[1]v", "%[1]v", err)
		return d.found, nil
	}
	d.z = z
	d.versions()
	if o.Mend && !o.Owned {
		owner, err := warehouse.Lock(z.Dir, "doctor")
		if err != nil {
			return nil, err
		}
		defer owner.Release()
	}
	d.owned = o.Mend || o.Owned
	for _, check := range []func(context.Context) error{d.declared, d.archive, d.keys, d.warehouse, d.published, d.papers, d.state, d.leftovers, d.waiting, d.disk, d.clock, d.backups} {
		if err := ctx.Err(); err != nil {
			return d.found, err
		}
		if err := check(ctx); err != nil {
			return d.found, lang.Errorf("look the zone over: %w", "检查园区：%w", err)
		}
	}
	return d.found, nil
}

func (d *doctor) add(check string, state State, path, command, english, chinese string, args ...any) {
	d.found = append(d.found, Finding{check, state, path, lang.Say(english, chinese, args...), command})
}

// backupsWord stands for a folder of backups in a command that somebody completes.
func backupsWord() string { return lang.Phrase("BACKUPS", "备份文件夹") }

// command is what to type in this zone.
func (d *doctor) command(words string) string {
	return "taizhang " + words + " --zone " + office.Typed(d.z.Dir)
}

func (d *doctor) versions() {
	format, err := d.z.Format()
	if err != nil {
		d.add("version", Faulty, office.FormatPath, "", "%[1]v", "%[1]v", err)
		return
	}
	d.add("version", Sound, "", "", "taizhang %[1]s, zone format %[2]d", "taizhang %[1]s，数据格式第%[2]d版", orNone(d.o.Program), format)
}

func orNone(s string) string {
	if s == "" {
		return "dev"
	}
	return s
}

// clock looks at the time against what the journal and the publication say.
func (d *doctor) clock(context.Context) error {
	now := d.o.Clock()
	last, _ := d.z.LastPublication()
	latest, err := d.latest()
	if err != nil {
		return nil // told already
	}
	if last.PublishedAt.After(latest) {
		latest = last.PublishedAt
	}
	at := func(t time.Time) string { return t.In(d.z.Location).Format("2006-01-02 15:04") }
	switch {
	case latest.Sub(now) > office.Unsteady:
		d.add("clock", Faulty, "", "", "the clock says %[1]s, but something was received or published on %[2]s: set the clock of this computer right; if it is right, run with --clock-ok",
			"本机时间是 %[1]s，但 %[2]s 已有接收或发布：请校准本机时间；如时间无误，运行时加 --clock-ok", at(now), at(latest))
	case !latest.IsZero() && now.Sub(latest) > 100*24*time.Hour:
		d.add("clock", Warned, "", "", "the clock says %[1]s; nothing was received or published since %[2]s: is it right?",
			"本机时间是 %[1]s，自 %[2]s 以来没有接收或发布：时间对吗？", at(now), at(latest))
	default:
		d.add("clock", Sound, "", "", "%[1]s, %[2]s", "%[1]s，%[2]s", at(now), d.z.Timezone)
	}
	return nil
}

// oldBackup is the age from which on a backup is said to be old.
const oldBackup = 8 * 24 * time.Hour

func (d *doctor) backups(context.Context) error {
	last, err := d.z.LastBackup()
	if err != nil {
		return err
	}
	command := d.command("backup " + backupsWord())
	switch {
	case last == nil:
		d.add("backup", Warned, "", command, "this zone was never backed up", "从未备份")
	case d.o.Clock().Sub(last.At) > oldBackup:
		d.add("backup", Warned, "", d.command("backup "+last.Dir), "the last backup is %[1]d days old (%[2]s)", "最近一次备份在%[1]d天前（%[2]s）", int(d.o.Clock().Sub(last.At).Hours()/24), last.Dir)
	default:
		d.add("backup", Sound, "", "", "%[1]s in %[2]s, %[3]d files", "%[1]s，在 %[2]s，%[3]d个文件", last.At.In(d.z.Location).Format("2006-01-02 15:04"), last.Dir, last.Files)
	}
	return nil
}
