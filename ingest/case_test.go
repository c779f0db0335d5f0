package ingest

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/tools/txtar"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/judge"
	"taizhang/ingest/read"
	"taizhang/ingest/secret"
	"taizhang/ingest/sheet"
	"taizhang/internal/archive"
	"taizhang/internal/warehouse"
	"taizhang/internal/zone"
)

var update = flag.Bool("update", false, "rewrite what the cases in testdata/cases want")

// officeZone is the zone of cases that declare none: not the demo's.
const officeZone = `zone: 临江经开区
code: ljjkq
submitters:
  - {code: jfj, name: 经发局, kind: department, aliases: [经济发展局, 区经发局]}
  - {code: czj, name: 财政局, kind: department, aliases: [区财政局]}
  - {code: swj, name: 税务局, kind: department}
  - {code: rsj, name: 人社局, kind: department, aliases: [人力资源和社会保障局]}
  - {code: dzb, name: 党政办, kind: department, aliases: [党政办公室]}
  - {code: mzb, name: 民政办, kind: department}
  - {code: qsj, name: 青山街道, kind: street, aliases: [青山街道办事处]}
  - {code: bsj, name: 白沙街道, kind: street, aliases: [白沙街道办事处, 白沙街办]}
  - {code: smz, name: 石门镇, kind: street}
returns:
  - {form: problem, from: [经发局, 财政局, streets], due: monday 12:00}
  - {form: enterprise_request, from: [经发局], due: monday 12:00}
  - {form: special_item, from: [经发局, 党政办], due: monday 12:00}
  - {form: key_task, from: [党政办], due: monday 12:00}
  - {form: activity, from: [党政办], due: this friday 17:00}
  - {form: contact, from: [党政办], due: 5 working days}
  - {form: livelihood, from: [民政办], due: 5 working days}
  - {form: assistance, from: [民政办], due: 5 working days}
  - {form: beneficiary, from: [民政办], due: 5 working days}
  - {form: incentive, from: [财政局], due: 5 working days}
  - {form: tax_refund, from: [税务局], due: 5 working days}
  - {form: pension_deferral, from: [人社局], due: 5 working days}
  - {form: job_fair, from: [人社局], due: 5 working days}
  - {form: financing, from: [经发局], due: 5 working days}
  - {form: land_payment, from: [财政局], due: 5 working days}
  - {form: enterprise, from: [经发局], due: 5 working days}
`

// builtinForms are parsed once for all tests.
func builtinForms(t testing.TB) *forms.Set {
	t.Helper()
	set, err := forms.Load()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func testIntake(t testing.TB, config string) *Intake {
	t.Helper()
	return intakeOf(t, config, builtinForms(t))
}

func intakeOf(t testing.TB, config string, set *forms.Set) *Intake {
	t.Helper()
	var known zone.Known
	for _, f := range set.Forms {
		known.Forms = append(known.Forms, zone.FormInfo{ID: f.ID, Title: f.Title, Frequency: f.Frequency, Mode: string(f.Mode)})
	}
	z, err := zone.Parse(filepath.Join(t.TempDir(), zone.FileName), []byte(config), known)
	if err != nil {
		t.Fatal(err)
	}
	return New(z, set, secret.Keys{"zone": []byte("zone key"), "tax": []byte("tax key")}, sheet.DefaultLimits())
}

// step is a file or a decision of a case, in order.
type step struct {
	file     *read.File
	decision *archive.Event
}

// parseSteps reads the sections of a case: "经发局/问题台账.xlsx @2022-08-15 09:00 gb18030".
func parseSteps(t *testing.T, a *txtar.Archive, loc *time.Location) (config, want string, steps []step) {
	t.Helper()
	config = officeZone
	at := time.Date(2022, 8, 15, 9, 0, 0, 0, loc)
	decisions := 0
	for _, f := range a.Files {
		switch f.Name {
		case "zone":
			config = string(f.Data)
			continue
		case "want":
			want = string(f.Data)
			continue
		}
		if strings.HasPrefix(f.Name, "forms/") { // the zone's own declarations: see formsOf
			continue
		}
		name, rest, _ := strings.Cut(f.Name, " @")
		charset := ""
		if rest != "" {
			when, cs, _ := strings.Cut(rest[min(len(rest), 16):], " ")
			_ = when
			charset = cs
			parsed, err := time.ParseInLocation("2006-01-02 15:04", rest[:min(len(rest), 16)], loc)
			if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			at = parsed
		} else {
			at = at.Add(time.Minute)
		}
		if what, ok := strings.CutPrefix(name, "decide "); ok {
			decisions++
			w := strings.Fields(what)
			e := &archive.Event{Event: archive.Decide, Seq: decisions, At: at, Kind: archive.Decision(w[0]), Reason: "试验"}
			switch e.Kind {
			case archive.Accept, archive.Withdraw:
				e.Return = w[1]
			case archive.Clear:
				e.Submitter, e.Form, e.Effective = w[1], w[2], w[3]
			case archive.Waive:
				e.Submitter, e.Form, e.Period = w[1], w[2], w[3]
			}
			steps = append(steps, step{decision: e})
			continue
		}
		file := &read.File{Name: name, ReceivedAt: at}
		if i := strings.IndexByte(name, '/'); i >= 0 {
			file.Folder, file.Name = name[:i], name[strings.LastIndexByte(name, '/')+1:]
		}
		text := strings.TrimRight(string(f.Data), "\n") + "\n"
		switch strings.ToLower(filepath.Ext(name)) {
		case ".xlsx", ".xlsm":
			file.Content = parseBook(text).xlsx()
			if strings.EqualFold(filepath.Ext(name), ".xlsm") {
				file.Content = withMacros(t, file.Content)
			}
		case ".same": // the bytes of the file before, under another name
			for _, s := range steps {
				if s.file != nil && s.file.Name == strings.TrimSpace(text) {
					file.Content = s.file.Content
				}
			}
			file.Name = strings.TrimSuffix(file.Name, ".same") + filepath.Ext(strings.TrimSpace(text))
		default:
			file.Content = encoded(text, charset)
		}
		steps = append(steps, step{file: file})
	}
	return config, want, steps
}

// TestCases reads the forms of testdata/cases and compares what came of them. A case whose comment says
// "#warehouse" goes through a Session: archive, journal, tables and receipts.
func TestCases(t *testing.T) {
	eachCase(t, func(t *testing.T, file string, a *txtar.Archive, want string, run func(adjust func(*Intake)) string) {
		got := run(func(*Intake) {})
		if got == want {
			return
		}
		if *update {
			out := &txtar.Archive{Comment: a.Comment}
			for _, f := range a.Files {
				if f.Name != "want" {
					out.Files = append(out.Files, f)
				}
			}
			out.Files = append(out.Files, txtar.File{Name: "want", Data: []byte(got)})
			if err := os.WriteFile(file, txtar.Format(out), 0o644); err != nil {
				t.Fatal(err)
			}
			return
		}
		t.Errorf("got\n%s\nwant\n%s", got, want)
	})
}

// formsOf gives the forms of a case: the built-in ones, with those that the case declares itself.
func formsOf(t *testing.T, a *txtar.Archive, builtin *forms.Set) *forms.Set {
	t.Helper()
	own := fstest.MapFS{}
	for _, f := range a.Files {
		if name, ok := strings.CutPrefix(f.Name, "forms/"); ok {
			own[name] = &fstest.MapFile{Data: f.Data}
		}
	}
	if len(own) == 0 {
		return builtin
	}
	set, err := forms.Load(own)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func emptyWarehouse(t testing.TB, set *forms.Set) *warehouse.DB {
	t.Helper()
	ctx := context.Background()
	db, err := warehouse.OpenMemory(warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := warehouse.Schema(ctx, db.Conn); err != nil {
		t.Fatal(err)
	}
	if err := EnsureTables(ctx, db.Conn, set); err != nil {
		t.Fatal(err)
	}
	return db
}

// throughJudge reads and judges the files one after another, and proves that the tables take the rows.
func throughJudge(t *testing.T, in *Intake, db *warehouse.DB, steps []step) string {
	ctx := context.Background()
	h := judge.NewHistory(in.Zone.Location, in.Forms)
	var b strings.Builder
	all := newBatch(in)
	for n, s := range steps {
		if s.decision != nil {
			t.Fatal("a decision needs #warehouse")
		}
		p := in.read.Parse(*s.file)
		j, err := in.judge.File(ctx, h, p, n+1)
		if err != nil {
			t.Fatal(err)
		}
		checkAccounting(t, j)
		checkMasked(t, in, j, true)
		all.add(j)
		b.WriteString(reportText(in, j.Report, j.Parts))
	}
	if err := warehouse.Begin(ctx, db.Conn); err != nil {
		t.Fatal(err)
	}
	if err := all.flush(ctx, db.Conn); err != nil {
		t.Errorf("the tables refuse the rows: %v", err)
	}
	checkNothingPlain(t, in, db)
	warehouse.Rollback(db.Conn)
	return b.String()
}

// checkNothingPlain holds that what was just taken in isn't found to be masked too late.
func checkNothingPlain(t *testing.T, in *Intake, db *warehouse.DB) {
	t.Helper()
	for _, f := range in.Forms.Forms {
		for i := range f.Columns {
			if !f.Columns[i].Type.Sensitive() {
				continue
			}
			plain, err := (&concealing{in: in, conn: db.Conn, form: f, column: &f.Columns[i], table: RawTable(f).Name}).plain(t.Context())
			if err != nil || len(plain) > 0 {
				t.Errorf("%s.%s as written: %q %v", f.ID, f.Columns[i].Field, plain, err)
			}
		}
	}
}

// throughSession takes the files in as the owner of a zone does.
func throughSession(t *testing.T, in *Intake, steps []step) string {
	ctx := context.Background()
	db := emptyWarehouse(t, in.Forms)
	a, err := archive.Open(in.Zone.Archive())
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	var log bytes.Buffer
	start := func() *Session {
		s := &Session{In: in, Archive: a, Conn: db.Conn, Log: slog.New(slog.NewTextHandler(&log, nil)), Pause: func(time.Duration) {}}
		if err := s.Start(ctx); err != nil {
			t.Fatal(err)
		}
		return s
	}
	var b strings.Builder
	for _, st := range steps {
		s := start() // the history comes from the tables each time, as in a new run
		if e := st.decision; e != nil {
			if e.Kind == archive.Accept {
				if err := s.Acceptable(ctx, e.Return); err != nil {
					fmt.Fprintf(&b, "decide %s %s: %v\n", e.Kind, e.Return, err)
					continue
				}
			}
			if err := a.Append(*e); err != nil {
				t.Fatal(err)
			}
			if err := s.Decide(ctx, *e); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "decide %s %s\n", e.Kind, strings.TrimSpace(strings.Join([]string{e.Return, e.Submitter, e.Form, e.Period + e.Effective}, " ")))
			continue
		}
		path := filepath.Join(in.Zone.Inbox(), st.file.Folder, st.file.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, st.file.Content, 0o644); err != nil {
			t.Fatal(err)
		}
		list, err := Inbox(in.Zone.Inbox())
		if err != nil {
			t.Fatal(err)
		}
		waiting, err := s.TakeIn(ctx, list, func(string) time.Time { return st.file.ReceivedAt })
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range waiting {
			fmt.Fprintf(&b, "waiting %s: %s\n", w.Path, w.Wait.Chinese)
		}
		for _, r := range s.Taken {
			b.WriteString(reportText(in, r, nil))
		}
	}
	b.WriteString(loadedText(t, db, in))
	checkNothingPlain(t, in, db)
	if log.Len() > 0 {
		fmt.Fprintf(&b, "log: %s", log.String())
	}
	return b.String()
}

// showHints makes reports say how to mend each finding: in cases whose comment says "#hints".
var showHints bool

// showPassed makes reports list rows passed over and cells not read: in cases whose comment says "#passed".
var showPassed bool

// reportText writes what became of a file. parts gives the rows; nil leaves them out.
func reportText(in *Intake, r *finding.Report, parts []*read.Part) string {
	var b strings.Builder
	for i, ret := range r.Returns {
		or := func(s string) string {
			if s == "" {
				return "?"
			}
			return s
		}
		fmt.Fprintf(&b, "%s %s %s %s cutoff %s: %s", ret.ID, or(ret.SubmitterName), or(ret.Form), or(ret.Period.String()), or(ret.Cutoff.String()), ret.Outcome)
		fmt.Fprintf(&b, " rows %d refused %d emptied %d ignored %d", ret.Rows, ret.RowsRefused, ret.ValuesEmptied, ret.RowsIgnored)
		if ret.Nil {
			b.WriteString(" nil")
		}
		if ret.Late {
			b.WriteString(" late")
		}
		if ret.Supersedes != "" {
			b.WriteString(" supersedes " + ret.Supersedes)
		}
		b.WriteByte('\n')
		if parts != nil && parts[i] != nil {
			b.WriteString(rowsText(in, parts[i]))
		}
		for _, c := range ret.Changes {
			fmt.Fprintf(&b, "  %s %s", c.Kind, c.Key)
			if c.Kind == finding.Changed {
				fmt.Fprintf(&b, " %s: %q → %q", c.Column, c.Before, c.After)
			}
			b.WriteByte('\n')
		}
		for _, e := range ret.Explained {
			fmt.Fprintf(&b, "  explained %s %s: %s\n", e.Finding.Rule, e.Finding.Message, e.Said)
		}
		if showPassed {
			for _, p := range ret.PassedOver {
				fmt.Fprintf(&b, "  passed %s!%d %s\n", p.Sheet, p.Row, p.Kind)
			}
			for _, c := range ret.Unread {
				fmt.Fprintf(&b, "  unread %s!%s %q\n", c.Sheet, c.Cell, c.Value)
			}
		}
		for _, f := range ret.Findings {
			at := strings.Trim(f.Sheet+"!"+f.Cell, "!")
			fmt.Fprintf(&b, "  %s %s %s %q %s\n", f.Severity, f.Rule, or(at), f.Value, strings.ReplaceAll(f.Message, "\n", `\n`))
			if showHints {
				fmt.Fprintf(&b, "    → %v\n", hintOf(f))
			}
		}
	}
	for _, s := range r.Skipped {
		fmt.Fprintf(&b, "skipped %s\n", s)
	}
	return b.String()
}

// rowsText writes typed rows as compact CSV, without the columns that no row fills.
func rowsText(in *Intake, pt *read.Part) string {
	if len(pt.Records) == 0 && len(pt.Refused) == 0 {
		return ""
	}
	var cols []int
	for k := range pt.Form.Columns {
		if slices.ContainsFunc(pt.Records, func(r read.Record) bool { return r.Value(k).Set }) {
			cols = append(cols, k)
		}
	}
	var b strings.Builder
	if len(cols) > 0 {
		b.WriteString("  row")
		for _, k := range cols {
			b.WriteString("," + pt.Form.Columns[k].Field)
		}
		b.WriteByte('\n')
	}
	for _, r := range pt.Records {
		fmt.Fprintf(&b, "  %d", r.Line.N)
		for _, k := range cols {
			b.WriteString("," + strings.ReplaceAll(r.Value(k).Text, "\n", `\n`))
		}
		b.WriteByte('\n')
	}
	for _, r := range pt.Refused {
		fmt.Fprintf(&b, "  refused %d %s: %s\n", r.Line.N, in.read.RowText(&r, pt), r.Reason())
	}
	return b.String()
}

// loadedText counts what the tables hold for each return.
func loadedText(t *testing.T, db *warehouse.DB, in *Intake) string {
	t.Helper()
	var b strings.Builder
	query := "select return_id, form, status, rows_loaded, (select count(*) from raw.quarantine q where q.return_id = r.return_id) as quarantined from raw.return r order by arrival, return_id"
	rows, err := db.Conn.QueryContext(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	type ret struct {
		id, form, status    string
		loaded, quarantined int
	}
	var list []ret
	for rows.Next() {
		var r ret
		var form *string
		if err := rows.Scan(&r.id, &form, &r.status, &r.loaded, &r.quarantined); err != nil {
			t.Fatal(err)
		}
		if form != nil {
			r.form = *form
		}
		list = append(list, r)
	}
	for _, r := range list {
		n := 0
		if r.form != "" {
			if err := db.Conn.QueryRowContext(context.Background(), "select count(*) from raw."+r.form+" where return_id = ?", r.id).Scan(&n); err != nil {
				t.Fatal(err)
			}
		}
		if n != r.loaded {
			t.Errorf("%s says %d rows, the table has %d", r.id, r.loaded, n)
		}
		fmt.Fprintf(&b, "table %s %s rows %d quarantine %d\n", r.id, r.status, n, r.quarantined)
	}
	return b.String()
}
