package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/ingest/forms"
	"taizhang/ingest/secret"
	"taizhang/ingest/written"
	"taizhang/internal/calendar"
	"taizhang/internal/decl"
	"taizhang/internal/engine"
	"taizhang/internal/lang"
	"taizhang/internal/logbook"
	"taizhang/internal/warehouse"
	"taizhang/queries"
	"taizhang/queries/fence"
	"taizhang/transform"
)

// Exit codes (contract).
const (
	exitDone     = 0
	exitFailed   = 1
	exitUsage    = 2
	exitRejected = 3
	exitHeld     = 4
)

// usageError is a wrong command line or configuration.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

// In is Error in a given language.
func (e usageError) In(l lang.Language) string { return lang.In(e.err, l) }

func usagef(english, chinese string, args ...any) error {
	return usageError{lang.Errorf(english, chinese, args...)}
}

// errRejected ends a command that did its work but had to reject returns.
var errRejected = lang.Errorf("some returns were rejected", "有报表被退回")

// app is what the commands share.
type app struct {
	in             io.Reader
	out, err       io.Writer
	screen         *screen  // below err; nil: nobody looks
	meters         []*meter // that tell how far work is now, the innermost last
	zoneDir        string
	format         string
	output         string // file for the result; empty: standard output
	replace        bool   // write over it
	replaces       bool   // it is there
	asOf, knownAt  string
	from           string
	engine         string          // duckdb, trino, or empty: what the zone's configuration says
	path           string          // the command, such as models run
	ctx            context.Context // of the command
	quiet, verbose bool
	issuing        bool     // papers, which stay
	ends           bool     // the process ends with the command
	served         bool     // a serve, which owns the zone, carries the command out for somebody beside it
	cpuProfile     string   // for engineers: where a CPU profile of the command is written
	profile        *os.File // open while it is
	now            func() time.Time
	noted          string         // what was said of the publication last
	later          string         // of which point it was said last that it lies in the future
	forms          *forms.Set     // of the zone, once it is loaded
	book           *logbook.Book  // the log of the zone that this process owns
	atEnd          []func() error // what remains to be cleared away
}

// sleep is how a run waits to see whether files are still being copied; tests, whose files are whole, don't.
var sleep = time.Sleep

// run is the program within a process that goes on: it returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return new(app).run(args, stdin, stdout, stderr)
}

func (a *app) run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) > 0 && args[0] == "__query" {
		return fence.ChildMain()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	speakOf(args)
	scr := newScreen(stderr)
	stderr = masked{shownWriter{scr}}
	a.in, a.out, a.err, a.screen, a.now = stdin, stdout, stderr, scr, time.Now
	root := a.root()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	return a.exit(a.finish(err))
}

// finish clears away what a command leaves.
func (a *app) finish(err error) error {
	for _, f := range append(a.atEnd, a.stopProfile) {
		if e := f(); err == nil {
			err = e
		}
	}
	return err
}

// diskFaults are those of which an operator is told the remedy whatever met them.
var diskFaults = []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EROFS, syscall.EIO}

// exit prints an error for the operator and gives the exit code.
func (a *app) exit(err error) int {
	code := exitCode(err)
	var handed codeError
	if err == nil || errors.Is(err, errRejected) || errors.As(err, &handed) {
		return code
	}
	text := lang.In(err, lang.Spoken())
	if errors.Is(err, context.Canceled) {
		text = lang.Phrase("interrupted; what was begun is finished by the next run", "已中断；没有做完的由下次运行完成")
	}
	const most = 12
	if lines := strings.Split(text, "\n"); len(lines) > most && !a.verbose { // an engine's error quotes the whole statement
		text = strings.Join(lines[:most], "\n") + lang.Phrase("\n… (%d more lines with -v)", "\n……（另有%d行，加 -v 可看）", len(lines)-most)
	}
	fmt.Fprintln(a.err, lang.Phrase("error: %s", "错误：%s", text))
	if hint := warehouse.Remedy(err); slices.ContainsFunc(diskFaults, func(e error) bool { return errors.Is(err, e) }) && !strings.Contains(text, lang.Phrase("\nhint:", "\n建议：")) {
		fmt.Fprintln(a.err, lang.Phrase("hint: %s", "建议：%s", hint))
	}
	if code == exitHeld {
		fmt.Fprintln(a.err, lang.Phrase("hint: wait until it has finished, or end that process", "建议：请等它结束，或结束那个程序"))
	}
	return code
}

// exitCode tells what kind of error it is.
func exitCode(err error) int {
	var held *warehouse.HeldError
	var usage usageError
	var fault *decl.Fault
	var refusal *office.Refusal
	var model *transform.ModelError
	var handed codeError
	var failure *engine.Failure
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &failure): // also in what a command takes for a wrong question
		return exitFailed
	case errors.As(err, &handed):
		return int(handed)
	case errors.Is(err, errRejected):
		return exitRejected
	case errors.As(err, &held):
		return exitHeld
	case errors.As(err, &usage), errors.As(err, &fault), errors.As(err, &refusal), errors.As(err, &model):
		return exitUsage
	}
	return exitFailed
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "taizhang",
		Short: lang.Phrase("Excel returns in, figures that can be traced to the cell out", "收 Excel 报表，出可追溯到单元格的数字"),
		Long: lang.Phrase("taizhang (台账) takes in the Excel returns of departments and streets, turns them into\nfigures with SQL models, and writes the weekly summary. One program, no network.",
			"taizhang（台账）接收各部门、街道的 Excel 报表，用 SQL 模型算出数字，\n"+
				"并生成周报。一个程序，不用联网。"),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	f := root.PersistentFlags()
	f.StringVar(&a.zoneDir, "zone", ".", lang.Phrase("folder of the zone", "园区所在文件夹"))
	f.StringVarP(&a.format, "format", "f", "table", lang.Phrase("output: table, csv, json, md, xlsx or parquet", "输出格式：table、csv、json、md、xlsx 或 parquet"))
	f.StringVar(&a.asOf, "as-of", "", lang.Phrase("business date that figures are computed for (2022-08-15)", "按哪一天计算数字（业务日期，如 2022-08-15）"))
	f.StringVar(&a.knownAt, "known-at", "", lang.Phrase("count only returns received up to then (RFC 3339, or 2022-08-15 12:00)", "只计到此时为止收到的报表（RFC 3339，或 2022-08-15 12:00）"))
	f.StringVar(&a.engine, "engine", "", lang.Phrase("which engine answers: duckdb or trino (default: trino where taizhang.yaml has engine: trino:, else duckdb)", "由哪个引擎计算：duckdb 或 trino（默认：taizhang.yaml 中写了 engine: trino: 的用 trino，否则 duckdb）"))
	f.BoolVarP(&a.quiet, "quiet", "q", false, lang.Phrase("print results only", "只输出结果"))
	f.BoolVarP(&a.verbose, "verbose", "v", false, lang.Phrase("log what is done, to stderr", "在屏幕上显示运行日志"))
	f.StringVar(&a.cpuProfile, "cpuprofile", "", lang.Phrase("write a CPU profile for go tool pprof", "写出 CPU 性能数据，供 go tool pprof 使用"))
	if err := f.MarkHidden("cpuprofile"); err != nil {
		panic(err) // it was added just before
	}
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		a.path, a.ctx = pathOf(cmd), cmd.Context()
		if err := a.refuseIdle(cmd); err != nil {
			return err
		}
		if !cmd.DisableFlagParsing {
			if err := cmp.Or(a.checkPlace(cmd), a.checkOutput(false), a.formatFromName(cmd)); err != nil {
				return err
			}
		}
		return a.startProfile()
	}
	root.AddCommand(a.demoCmd(), a.initCmd(), a.runCmd(), a.serveCmd(), a.serviceCmd(), a.jobsCmd(), a.logsCmd(), a.statusCmd(), a.checkCmd(), a.formsCmd(), a.returnsCmd(),
		a.modelsCmd(), a.metricsCmd(), a.traceCmd(), a.sqlCmd(), a.summaryCmd(), a.peekCmd(), a.rebuildCmd(), a.exportCmd(), a.joinCmd(), a.eraseCmd(), a.userCmd(), a.backupCmd(), a.restoreCmd(), a.doctorCmd(), a.versionCmd(), a.docsCmd())
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	inWords(root)
	usageArgs(root)
	return root
}

// usageArgs makes wrong arguments, unknown and missing subcommands usage errors, exit code 2.
func usageArgs(c *cobra.Command) {
	check := c.Args
	c.Args = func(cmd *cobra.Command, args []string) error {
		for _, arg := range args {
			if strings.TrimSpace(arg) == "" { // a variable of a script that isn't set
				return usagef("an argument is empty\nhint: usage: %s", "有一个参数是空的\n建议：用法：%s", useLine(cmd))
			}
		}
		if check != nil {
			if err := check(cmd, args); err != nil {
				return usagef("%w\nhint: usage: %s", "%w\n建议：用法：%s", argumentError(err), useLine(cmd))
			}
		}
		return nil
	}
	if c.HasSubCommands() && c.RunE == nil {
		c.RunE = func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) > 0:
				return usagef("unknown command %q for %s%s\nhint: see: %s --help", "%[2]s 没有命令 %[1]q%[3]s\n建议：用法见：%[4]s --help", args[0], cmd.CommandPath(), nearCommand(cmd, args[0]), cmd.CommandPath())
			case cmd.HasParent():
				return usagef("%s needs a subcommand\nhint: see: %s --help", "%s 后面要写子命令\n建议：用法见：%s --help", cmd.CommandPath(), cmd.CommandPath())
			}
			return cmd.Help()
		}
	}
	for _, s := range c.Commands() {
		usageArgs(s)
	}
}

// log is where the operator's log goes: to stderr, and, of whoever owns a zone, into its folder.
func (a *app) log() *slog.Logger {
	var shown slog.Handler = &console{mu: new(sync.Mutex), out: a.err}
	if a.verbose {
		shown = slog.NewTextHandler(a.err, &slog.HandlerOptions{Level: slog.LevelInfo})
	}
	if a.book == nil {
		return slog.New(shown)
	}
	return slog.New(slog.NewMultiHandler(shown, a.book.Handler(slog.LevelInfo)))
}

// bookLog is the log without the screen, unless that is asked for.
func (a *app) bookLog() *slog.Logger {
	if a.book == nil || a.verbose {
		return a.log()
	}
	return slog.New(a.book.Handler(slog.LevelInfo))
}

// tell says a sentence to people, to stderr.
func (a *app) tell(english, chinese string, args ...any) {
	a.say("%s", lang.Say(english, chinese, args...))
}

// say prints what is the same in both languages, or said in the one spoken, for people, to stderr.
func (a *app) say(format string, args ...any) {
	if !a.quiet {
		fmt.Fprintf(a.err, format+"\n", args...)
	}
}

// zone loads the zone of the command line; a wrong declaration is a configuration error.
func (a *app) zone() (*office.Zone, error) {
	z, err := office.Load(a.zoneDir)
	if err != nil {
		return nil, usageError{err}
	}
	a.forms = z.Forms
	switch z.Language { // for those that speakOf couldn't find
	case "zh":
		lang.Speak(lang.Chinese)
	case "en":
		lang.Speak(lang.English)
	}
	return z, a.refuseEngine(z)
}

// reader opens the zone's publication.
func (a *app) reader() (*office.Zone, *queries.Reader, error) {
	z, err := a.zone()
	if err != nil {
		return nil, nil, err
	}
	r, err := a.readerOf(z)
	if err == nil && a.ends {
		r.Leave()
	}
	return z, r, err
}

func (a *app) readerOf(z *office.Zone) (*queries.Reader, error) {
	if a.onTrino(z) {
		return a.trinoReader(z)
	}
	r, note, err := z.Read()
	if err != nil {
		return nil, a.unpublished(z, err)
	}
	a.sayNote(note)
	a.sayHeldBack(r)
	a.sayRolledBack(z)
	return r, nil
}

// sayRolledBack says that an earlier publication is up.
func (a *app) sayRolledBack(z *office.Zone) {
	if note := z.RollbackNote(); note != nil {
		a.sayNote(lang.In(note, lang.Spoken()))
	}
}

// sayHeldBack says that there would be newer figures.
func (a *app) sayHeldBack(r *queries.Reader) {
	if n := r.HeldBack(); n > 0 {
		a.sayNote(lang.Phrase("newer figures are held back, since %d checks failed in the run after these; list them with: taizhang sql @failed", "有更新的数字没有发布：此后一次运行有%d项检查未通过；逐项查看：taizhang sql @failed", n))
	}
}

// unpublished says what to do where nothing is published yet.
func (a *app) unpublished(z *office.Zone, err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return &nothingPublished{lang.Say("nothing is published yet\nhint: put returns into %s and run: taizhang run --zone %s",
			"还没有发布过数据\n建议：把报表放入 %s，然后执行：taizhang run --zone %s", z.Inbox(), office.Typed(a.zoneDir))}
	}
	return err
}

// sayNote says once why the publication isn't the newest under its own name.
func (a *app) sayNote(note string) {
	if note != "" && note != a.noted {
		a.noted = note
		fmt.Fprintln(a.err, lang.Phrase("warning: %s", "注意：%s", note))
	}
}

// nothingPublished is a zone without a publication: os.ErrNotExist to those who can do without.
type nothingPublished struct{ lang.Text }

func (e *nothingPublished) Is(target error) bool { return target == os.ErrNotExist }

// published finds the publication to read, and says where it isn't the newest under its own name. It stays until the
// command ends.
func (a *app) published(z *office.Zone) (string, error) {
	r, err := warehouse.Find(z.Published())
	if err != nil {
		return "", a.unpublished(z, err)
	}
	a.sayNote(r.Note)
	a.atEnd = append(a.atEnd, r.Close)
	return r.Path, nil
}

// point reads --as-of, --known-at and --from.
func (a *app) point(loc *time.Location) (warehouse.Point, error) {
	p := warehouse.Point{AsOf: calendar.NoDate, From: calendar.NoDate}
	var err error
	if a.asOf != "" {
		if p.AsOf, err = calendar.ParseDate(a.asOf); err != nil {
			return p, wrongDate("--as-of", a.asOf)
		}
	}
	if a.from != "" {
		if p.From, err = calendar.ParseDate(a.from); err != nil {
			return p, wrongDate("--from", a.from)
		}
	}
	if a.knownAt != "" {
		if p.KnownAt, err = a.knownTime("--known-at", a.knownAt, loc); err != nil {
			return p, err
		}
	}
	return p, nil
}

// wrongDate refuses what is no date as it is asked for, and says which was meant.
func wrongDate(flag, text string) error {
	meant := lang.Say("", "")
	if w, ok := written.ParseWritten(text); ok && w.Year > 0 && w.Day > 0 && w.Exists(w.Year) {
		meant = lang.Say("; %s?", "；是 %s 吗？", w.Date(w.Year))
	}
	return usagef("%s %q: a date such as 2022-08-15 is expected%s", "%s %q：应写成日期，如 2022-08-15%s", flag, text, meant)
}

// pointIn is point for what a publication is asked: it knows what is owed for a year and a bit.
func (a *app) pointIn(r *queries.Reader) (warehouse.Point, error) {
	p, err := a.point(r.Location())
	if err == nil {
		err = a.sayBefore(r, p)
	}
	if err == nil && p.AsOf.Valid() && p.AsOf > r.Reach() {
		err = usageError{lang.Say("--as-of %[1]s: what is owed is known up to %[2]s only, the end of the year after the publication of %[3]s",
			"--as-of %[1]s：应报哪些报表只排到 %[2]s（本次发布 %[3]s 的次年年底）", p.AsOf, r.Reach(), r.Published().AsOf)}
	}
	return p, err
}

// sayBefore says of a point that lies before the first return that nothing counts there: else it would read like figures of nought.
func (a *app) sayBefore(r *queries.Reader, p warehouse.Point) error {
	if !p.AsOf.Valid() && p.KnownAt.IsZero() {
		return nil
	}
	cutoff, received, err := r.First(a.ctx)
	switch {
	case err != nil || !cutoff.Valid():
		return err
	case p.AsOf.Valid() && p.AsOf < cutoff:
		a.tell("note: --as-of %[1]s lies before the first return, whose rows are as of %[2]s: nothing counts yet.", "注意：--as-of %[1]s 早于第一份报表的截至日期 %[2]s：还没有任何计入的数据。", p.AsOf, cutoff)
	case !p.KnownAt.IsZero() && p.KnownAt.Before(received):
		a.tell("note: --known-at %[1]s lies before the first return, which came in on %[2]s: nothing counts yet.", "注意：--known-at %[1]s 早于收到第一份报表的时间 %[2]s：还没有任何计入的数据。", a.knownAt, received.In(r.Location()).Format("2006-01-02 15:04"))
	}
	return nil
}

// knownTime reads a flag's known-at time. What will have been received at a time to come is not known: it is said that what has
// been received by now counts.
func (a *app) knownTime(flag, s string, loc *time.Location) (time.Time, error) {
	t, err := parseTime(s, loc)
	if err != nil {
		return t, usagef("%s %v", "%s %v", flag, err)
	}
	now := a.now().In(loc)
	tomorrow := time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, loc)
	if told := flag + " " + s; !t.Before(tomorrow) && a.later != told {
		a.later = told
		a.tell("note: %s lies in the future: what has been received so far counts.", "注意：%s 晚于今天，只计到目前为止收到的。", told)
	}
	return t, nil
}

// parseTime reads RFC 3339, or a date with or without a time of day in the zone's time zone; a bare date is its end.
func parseTime(s string, loc *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t, nil
	}
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if t, err := time.ParseInLocation(layout, s, loc); err == nil {
			return t, nil
		}
	}
	if t, err := time.ParseInLocation("2006-01-02", s, loc); err == nil {
		return t.AddDate(0, 0, 1).Add(-time.Microsecond), nil
	}
	return time.Time{}, lang.Errorf("%q: a time such as 2022-08-15T12:00:00+08:00 or 2022-08-15 12:00 is expected", "%q：应写成时间，如 2022-08-15 12:00 或 2022-08-15T12:00:00+08:00", s)
}

// owned runs f as the zone's owner.
func (a *app) owned(z *office.Zone, command string, f func(*warehouse.Owner) error) (err error) {
	owner, err := warehouse.Lock(z.Dir, command)
	if err != nil {
		return err
	}
	a.book = logbook.Open(z.Logs(), z.Location, secret.MaskText)
	defer func() {
		if err != nil && !errors.Is(err, context.Canceled) {
			a.bookLog().Error(command, "err", err) // on the screen it is said in words
		}
		err = errors.Join(err, a.book.Close(), owner.Release())
		a.book = nil
	}()
	return f(owner)
}
