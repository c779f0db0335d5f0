package papers

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/internal/calendar"
	"taizhang/internal/durable"
	"taizhang/internal/official"
	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
	"taizhang/internal/workbook"
	"taizhang/internal/zone"
	"taizhang/queries"
	"taizhang/queries/weekly"
)

// issueOf issues three papers of these contents, as a desk does.
func issueOf(t *testing.T, z *office.Zone, contents ...string) error {
	t.Helper()
	held, err := lock(t.Context(), z)
	if err != nil {
		return err
	}
	defer held.Release()
	if err := tidy(z); err != nil {
		return err
	}
	list, err := List(z)
	if err != nil {
		return err
	}
	asOf, err := calendar.ParseDate("2022-08-15")
	if err != nil {
		return err
	}
	b := &batch{z: z, point: warehouse.Point{AsOf: asOf}, at: time.Unix(0, 0), list: list, old: len(list)}
	defer b.discard()
	for i, c := range contents {
		kind := []string{Workbook, Report, Extract}[i]
		base := []string{"周报", "报告", "by-submitter/产业局"}[i]
		_, isNew, err := b.paper(kind, base, ".xlsx", c, func(w io.Writer) error { _, err := io.WriteString(w, c); return err })
		if err != nil {
			return err
		}
		if isNew && kind == Workbook {
			b.said(&weekly.Said{})
		}
	}
	return b.issue()
}

func zoneAt(dir string) *office.Zone {
	return &office.Zone{Zone: &zone.Zone{Dir: dir, Location: time.UTC}}
}

// lying are the files in summaries/ with their contents, without the list.
func lying(t *testing.T, z *office.Zone) string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(z.Summaries(), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasPrefix(e.Name(), "issued.") {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(z.Summaries(), path)
		out = append(out, filepath.ToSlash(name)+"="+string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// TestIssueKilledAnywhere: wherever an issue ends, the next one of the same contents leaves one set, nothing half
// written, and a list that says so; an issue of other contents leaves what was issued and its own set beside it.
func TestIssueKilledAnywhere(t *testing.T) {
	const want = "by-submitter/产业局.xlsx=c 周报.xlsx=a 报告.xlsx=b"
	for at := 1; ; at++ {
		z := zoneAt(t.TempDir())
		n, dead := 0, false
		restore := durable.SetHook(func(durable.Step) error { // nothing is written once it is dead
			if n++; n >= at {
				dead = true
			}
			if dead {
				return errors.New("killed")
			}
			return nil
		})
		err := issueOf(t, z, "a", "b", "c")
		restore()
		if !dead {
			if err != nil {
				t.Fatal(err)
			}
			if at < 15 {
				t.Fatalf("only %d steps", at)
			}
			break
		}
		if err == nil {
			t.Errorf("killed at step %d: no error", at)
		}
		if err := issueOf(t, z, "a", "b", "c"); err != nil {
			t.Fatal(err)
		}
		if got := lying(t, z); got != want {
			t.Errorf("killed at step %d, then issued again: %s", at, got)
		}
		list, err := List(z)
		if err != nil || len(list) != 3 || list[0].Said == nil || list[0].Pending {
			t.Errorf("killed at step %d: the list is %+v, %v", at, list, err)
		}
		if lost, err := Lost(z, 0); err != nil || len(lost) > 0 {
			t.Errorf("killed at step %d: lost %v, %v", at, lost, err)
		}
		if err := issueOf(t, z, "a", "B"); err != nil {
			t.Fatal(err)
		}
		if got := lying(t, z); got != "by-submitter/产业局.xlsx=c 周报.xlsx=a 报告.xlsx=b 报告_r2.xlsx=B" {
			t.Errorf("killed at step %d, then other contents: %s", at, got)
		}
	}
}

// TestLostPapersAreNamed: a paper that is gone or changed is named, and made again under its name only with the content
// that was issued.
func TestLostPapersAreNamed(t *testing.T) {
	z := zoneAt(t.TempDir())
	if err := issueOf(t, z, "a", "b", "c"); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(z.Summaries(), "周报.xlsx")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(z.Summaries(), "报告.xlsx"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	lost, err := Lost(z, 0)
	if err != nil || strings.Join(lost, "；") != "报告.xlsx：内容与印发时不一致；周报.xlsx：文件已不在" {
		t.Errorf("%v, %v", lost, err)
	}
	if err := issueOf(t, z, "A", "b", "c"); err != nil {
		t.Fatal(err)
	}
	if got := lying(t, z); got != "by-submitter/产业局.xlsx=c 周报_r2.xlsx=A 报告.xlsx=x" {
		t.Errorf("other content beside a lost paper: %s", got)
	}
	if err := issueOf(t, z, "a", "b", "c"); err != nil {
		t.Fatal(err)
	}
	if got := lying(t, z); !strings.Contains(got, "周报.xlsx=a") {
		t.Errorf("the same content again: %s", got)
	}
	if list, err := List(z); err != nil || len(list) != 4 {
		t.Errorf("%d papers, %v", len(list), err)
	}
}

// TestStale: papers from figures that aren't the newest say so, unless the figures of an earlier time were asked for.
func TestStale(t *testing.T) {
	r, err := queries.Open(warehousetest.PublishSmall(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	own := r.Published()
	if s := stale(r, own); s != "" {
		t.Errorf("the newest figures: %q", s)
	}
	r.IsEarlier()
	if s := stale(r, own); s != "最新发布的数据文件无法读取，本期按较早的一份编制，2022-08-15 18:00以后收到的报表未计入。" {
		t.Errorf("an earlier file: %q", s)
	}
	past := own
	past.KnownAt = own.KnownAt.Add(-time.Hour)
	if s := stale(r, past); s != "" {
		t.Errorf("asked for what was known before: %q", s)
	}
	if s := sentences("有1处文件未能读取", stale(r, own)); !strings.HasPrefix(s, "有1处文件未能读取。最新发布") {
		t.Errorf("two reasons: %q", s)
	}
}

// TestReportSaysWhatItsTablesLeaveOut: the report names under a table that it was cut, as the workbook does, and nothing under
// one that is whole.
func TestReportSaysWhatItsTablesLeaveOut(t *testing.T) {
	table := func(rest [][]any) weekly.Part {
		return weekly.Part{Table: &workbook.Table{Title: "各单位超期事项", Note: "共12行，本表只列前10行。", Columns: []workbook.Column{{Title: "责任单位"}}, Rows: [][]any{{"产业局"}}, Rest: rest, Cut: len(rest) > 0}}
	}
	if got := blocksOf([]weekly.Part{table([][]any{{"财政局"}, {"税务局"}})}); len(got) != 2 || got[1] != (official.Paragraph{Text: "共12行，本表只列前10行。"}) {
		t.Errorf("a cut table: %+v", got)
	}
	if got := blocksOf([]weekly.Part{table(nil)}); len(got) != 1 {
		t.Errorf("a whole table: %+v", got)
	}
}

// TestReportSaysThatSumsAreOfTheYear: what the report counts from the first of January on is under 本周工作 said to be so in its
// own sentence, in the file that goes out.
func TestReportSaysThatSumsAreOfTheYear(t *testing.T) {
	r, err := queries.Open(warehousetest.PublishRandom(t, 1), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	issue, err := weekly.Whole(t.Context(), r, warehouse.Point{}, weekly.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := (&Desk{}).reportOf(issue, r.Published()).Document().Write(&file); err != nil {
		t.Fatal(err)
	}
	said := map[string]int{"举办招聘活动": 0, "领导走访": 0, "家企业兑付": 0}
	for _, sentence := range strings.Split(textOfDocument(t, file.Bytes()), "。") {
		for what := range said {
			before, _, ok := strings.Cut(sentence, what)
			if !ok {
				continue
			}
			if said[what]++; !strings.Contains(before, "今年以来") {
				t.Errorf("%q doesn't say since when it counts", sentence)
			}
		}
	}
	for what, n := range said {
		if n == 0 {
			t.Errorf("the report says nothing of %s", what)
		}
	}
}

// TestReminderNamesWhoAnswers: a 督办单 names 责任人 of each item whose ledger does, and leaves room for the others' by hand.
func TestReminderNamesWhoAnswers(t *testing.T) {
	r, err := queries.Open(warehousetest.Publish(t, "2022-08-15", warehousetest.Evening, func(db *warehouse.DB) {
		warehousetest.Random{Seed: 1}.Fill(t, db)
		warehousetest.Exec(t, db, "update raw.problem set responsible = case when row_no % 2 = 0 then ' 某甲' || row_no else ' ' end")
	}), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	issue, err := weekly.Whole(t.Context(), r, warehouse.Point{}, weekly.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want, err := r.SelectAt(t.Context(), warehouse.Point{}, `select count(*), count(*) filter (where p.row_no % 2 = 0) from mart.overdue as o
		left join raw.problem as p on p.return_id = o.return_id and p.sheet = o.sheet and p.row_no = o.row_no where o.unit is not null`)
	if err != nil {
		t.Fatal(err)
	}
	z := zoneAt(t.TempDir())
	z.Calendar = calendar.New(nil, nil)
	var text strings.Builder
	for _, reminder := range (&Desk{Zone: z}).remindersOf(issue, r.Published()) {
		var file bytes.Buffer
		if err := reminder.Document().Write(&file); err != nil {
			t.Fatal(err)
		}
		text.WriteString(textOfDocument(t, file.Bytes()))
	}
	all, named := want.Rows[0][0].(int64), want.Rows[0][1].(int64)
	if named == 0 || named == all {
		t.Fatalf("%d of %d items name somebody", named, all)
	}
	if got := int64(strings.Count(text.String(), "\n某甲")); got != named {
		t.Errorf("%d items name 责任人, of %d that could", got, named)
	}
	if got := int64(strings.Count(text.String(), "______\n（手填）")); got != all-named {
		t.Errorf("%d items leave room for 责任人, of %d that name nobody", got, all-named)
	}
}

// textOfDocument is the text of a .docx file, a line a paragraph.
func textOfDocument(t *testing.T, file []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var b strings.Builder
	for d := xml.NewDecoder(f); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return b.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		switch x := token.(type) {
		case xml.CharData:
			b.Write(x)
		case xml.EndElement:
			if x.Name.Local == "p" {
				b.WriteByte('\n')
			}
		}
	}
}
