package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"taizhang/internal/archive"
	"taizhang/internal/tooltest"
	"taizhang/internal/warehouse"
)

// everyText looks for texts in all text columns of a database file, of tables and views.
func everyText(t *testing.T, file string, needles ...string) (found []string) {
	t.Helper()
	db, err := warehouse.ReadOnly(file, warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	columns := map[string][]string{}
	n := 0
	err = warehouse.Each(t.Context(), db.Conn, `select '"' || schema_name || '"."' || table_name || '"', column_name from duckdb_columns() where not internal and data_type like '%VARCHAR%'`, func(v []any) error {
		columns[v[0].(string)] = append(columns[v[0].(string)], v[1].(string))
		n++
		return nil
	})
	if err != nil || n < 300 {
		t.Fatalf("%d text columns in %s: %v", n, file, err)
	}
	for table, list := range columns {
		var parts []string
		for _, c := range list {
			for _, needle := range needles {
				parts = append(parts, fmt.Sprintf("case when bool_or(contains(cast(%s as varchar), %s)) then %s end", warehouse.Ident(c), warehouse.Quote(needle), warehouse.Quote(c)))
			}
		}
		hits, err := warehouse.Strings(t.Context(), db.Conn, "select concat_ws(' ', "+strings.Join(parts, ", ")+") from "+table)
		if err != nil {
			t.Fatal(err)
		}
		if hits[0] != "" {
			found = append(found, table+": "+hits[0])
		}
	}
	return found
}

// noTrace wants nothing of a person in the warehouse, in anything published and in what was written for others.
func noTrace(t *testing.T, zone, what string, hashes []string, mask string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(zone, "published", "*.duckdb"))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := filepath.Glob(filepath.Join(zone, "published", "history", "*.duckdb"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range append(append(files, kept...), filepath.Join(zone, "warehouse.duckdb")) {
		if hits := everyText(t, f, append([]string{mask}, hashes...)...); len(hits) > 0 {
			t.Errorf("%s: %s still holds the person in %v", what, filepath.Base(f), hits)
		}
		content, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range hashes {
			if bytes.Contains(content, []byte(h)) {
				t.Errorf("%s: the bytes of %s still hold the hash", what, filepath.Base(f))
			}
		}
	}
	for _, dir := range []string{"published/汇总台账", "summaries/by-submitter", "outbox"} {
		if _, err := os.Stat(filepath.Join(zone, dir)); err != nil {
			continue
		}
		for _, f := range filesOf(t, filepath.Join(zone, dir), ".xlsx") {
			if text := unzipped(t, f); strings.Contains(text, mask) {
				t.Errorf("%s: %s still quotes %s", what, f, mask)
			}
		}
	}
}

func filesOf(t *testing.T, dir, ext string) (out []string) {
	t.Helper()
	for _, f := range files(t, dir) {
		if filepath.Ext(f) == ext {
			out = append(out, f)
		}
	}
	return out
}

// counts of rows by table, of raw tables and of models.
func counts(t *testing.T, zone string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, r := range mustJSON(t, "sql", "select schema_name || '.' || table_name as name, estimated_size as n from duckdb_tables() where schema_name in ('raw', 'mart')", "--zone", zone) {
		out[r["name"].(string)] = fmt.Sprint(r["n"])
	}
	return out
}

// TestErase erases a person of the demo: no row, no hash, no kept publication; everything else stays what it was.
func TestErase(t *testing.T) {
	tooltest.Thorough(t)
	zone := copyZone(t, demoZone(t))
	if code, _, log := program(t, "summary", "--zone", zone); code != 0 {
		t.Fatalf("summary: %d %s", code, log)
	}
	if code, _, log := program(t, "models", "run", "--full", "--zone", zone); code != 0 { // so that a publication is kept
		t.Fatalf("models run: %d %s", code, log)
	}
	// An extract and an issued paper that hold the roster.
	rosterBook := must(os.ReadFile(filepath.Join(zone, "published/汇总台账/帮扶对象花名册.xlsx")))
	for _, f := range []string{"summaries/by-submitter/残联_截至2022-08-01.xlsx", "summaries/旧周报.xlsx"} {
		if err := os.WriteFile(filepath.Join(zone, f), rosterBook, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	row := strings.Split(strings.Split(string(must(os.ReadFile("../../data/truth/beneficiaries.csv"))), "\n")[1], ",")
	name, id, phone := row[1], row[2], row[3]
	mask := id[:4] + "**********" + id[14:]
	person := mustJSON(t, "sql", fmt.Sprintf("select person_name_hash as n, id_number_hash as i, phone_hash as p, count(*) as rows from raw.beneficiary where id_number = '%s' group by all", mask), "--zone", zone)
	if len(person) != 1 {
		t.Fatalf("%d persons with the mask %s", len(person), mask)
	}
	hashes := []string{person[0]["i"].(string), person[0]["p"].(string), person[0]["n"].(string)}
	if hits := everyText(t, filepath.Join(zone, "published/taizhang.duckdb"), hashes...); len(hits) < 3 { // the search does find them
		t.Fatalf("only %v hold the person beforehand", hits)
	}
	returnsBefore, rowsBefore := mustJSON(t, "returns", "list", "--zone", zone), counts(t, zone)
	figures := func() string {
		_, out, _ := program(t, "sql", "select * exclude (known_at) from mart.metric order by all", "--zone", zone, "-f", "csv")
		return out
	}
	before := figures()

	code, out, log := program(t, "erase", "--zone", zone, "--person", id, "--dry-run", "-f", "csv")
	if code != 0 || strings.Count(out, "\n") != 8 || !strings.Contains(log, "7 rows would be removed") || !strings.Contains(log, "by-submitter/残联_截至2022-08-01.xlsx") || !strings.Contains(log, "stay:\n  summaries/旧周报.xlsx") {
		t.Fatalf("dry run: %d\n%s%s", code, out, log)
	}
	for _, secret := range []string{id, phone, name} {
		if strings.Contains(out+log, secret) {
			t.Errorf("the dry run says %s", secret)
		}
	}
	if got := mustJSON(t, "sql", "select count(*) as n from raw.beneficiary where id_number_hash = '"+hashes[0]+"'", "--zone", zone); fmt.Sprint(got[0]["n"]) != "7" {
		t.Fatalf("the dry run changed something: %v", got)
	}

	code, out, log = program(t, "erase", "--zone", zone, "--person", id, "--reason", "本人申请", "-f", "csv", "-v") // nobody to ask
	if code != 0 || strings.Count(out, "\n") != 8 || !strings.Contains(log, "7 rows removed") || strings.Count(log, "archive/") < 7 {
		t.Fatalf("erase: %d\n%s%s", code, out, log)
	}
	if strings.Contains(out+log, id) {
		t.Error("the log names the person")
	}
	noTrace(t, zone, "after the erasure", hashes, mask)
	if kept, err := warehouse.History(filepath.Join(zone, "published")); err != nil || len(kept) != 0 {
		t.Errorf("publications are kept: %v %v", kept, err)
	}
	if code, _, _ := program(t, "models", "rollback", "--zone", zone); code == 0 {
		t.Error("a rollback brings the person back")
	}
	// Exactly these rows are gone.
	after := counts(t, zone)
	for table, n := range rowsBefore {
		want := n
		switch table {
		case "raw.beneficiary":
			want = fmt.Sprint(atoi(t, n) - 7)
		case "raw.decision":
			want = fmt.Sprint(atoi(t, n) + 1)
		}
		if after[table] != want {
			t.Errorf("%s has %s rows, want %s", table, after[table], want)
		}
	}
	if got := figures(); got != before {
		t.Errorf("figures moved:\n%s", difference(before, got))
	}
	less := 0
	for i, r := range mustJSON(t, "returns", "list", "--zone", zone) {
		was := returnsBefore[i]
		if a, b := atoi(t, fmt.Sprint(r["rows"])), atoi(t, fmt.Sprint(was["rows"])); a != b {
			if a != b-1 || r["form"] != "beneficiary" {
				t.Errorf("%v has %d rows, had %d", r["return"], a, b)
			}
			less++
		}
		r["rows"], was["rows"] = nil, nil
		if fmt.Sprint(r) != fmt.Sprint(was) {
			t.Errorf("%v became %v", was, r)
		}
	}
	if less != 7 {
		t.Errorf("%d returns have a row less", less)
	}
	// It stays so: run has nothing to do, a rebuild gives the same, and to erase again changes nothing.
	if code, _, log := program(t, "run", "--zone", zone); code != 0 || !strings.Contains(log, "Nothing new") {
		t.Errorf("run: %d %s", code, log)
	}
	if code, _, log := program(t, "rebuild", "--zone", zone); code != 0 || !strings.Contains(log, "the figures are the same") {
		t.Errorf("rebuild: %d %s", code, log)
	}
	noTrace(t, zone, "after a rebuild", hashes, mask)
	journal := must(os.ReadFile(filepath.Join(zone, "archive/journal.jsonl")))
	if code, _, log := program(t, "erase", "--zone", zone, "--person", id, "--reason", "again", "--yes"); code != 0 || !strings.Contains(log, "0 rows removed") {
		t.Errorf("again: %d %s", code, log)
	}
	if now := must(os.ReadFile(filepath.Join(zone, "archive/journal.jsonl"))); !bytes.Equal(now, journal) {
		t.Error("an erasure of nobody is noted in the journal")
	}
	if bytes.Contains(journal, []byte(id)) || !bytes.Contains(journal, []byte("本人申请")) {
		t.Error("the journal should hold the reason, and not the number")
	}
	// Extracts come again without the person.
	if code, _, log := program(t, "summary", "--zone", zone); code != 0 {
		t.Fatalf("summary: %d %s", code, log)
	}
	noTrace(t, zone, "after a summary", hashes, mask)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func atoi(t *testing.T, s string) int {
	t.Helper()
	var n int
	if _, err := fmt.Sscan(s, &n); err != nil {
		t.Fatalf("%q is no number", s)
	}
	return n
}

// identity makes a valid synthetic number.
func identity(n int) string {
	base := fmt.Sprintf("99030419900101%03d", n)
	sum := 0
	for i := range 17 {
		sum += int(base[i]-'0') * (1 << (17 - i) % 11)
	}
	return base + string("10X98765432"[sum%11])
}

// roster is a 帮扶对象花名册 of the persons numbered; the phone of 8 and 9 is the same.
func roster(month int, persons ...int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "帮扶对象花名册\n填报单位：残联,,报送期：2022年%d月\n姓名,身份证号,联系电话,户编号,帮扶项目,所属街道,村（社区）\n", month)
	for _, n := range persons {
		phone := fmt.Sprintf("139000000%02d", n)
		if n == 9 {
			phone = "13900000008"
		}
		fmt.Fprintf(&b, "某%s,%s,%s,H-%03d,临时救助,双马街道,法华村\n", string(rune('甲'+n)), identity(n), phone, n)
	}
	return b.String()
}

const rosterZone = `zone: 样板园区
as_of: 2022-08-15
submitters:
  - {code: cl, name: 残联, kind: department}
  - {code: smj, name: 双马街道, kind: street}
returns:
  - {form: beneficiary, from: [残联], due: 5 working days, since: 2022-03}
`

// rosterDrop puts a roster into the inbox and runs.
func rosterDrop(t *testing.T, zone, name, text, at string) string {
	t.Helper()
	writeLongAgo(t, filepath.Join(zone, "inbox", "残联", name), text)
	code, out, log := program(t, "run", "--zone", zone, "--received-at", at)
	if code != 0 && code != 3 {
		t.Fatalf("run: %d\n%s%s", code, out, log)
	}
	return out + log
}

// eraseZone has three rosters: of ten persons; of seven, rejected as shrunken, person 3 among the missing; of nine.
func eraseZone(t *testing.T) string {
	t.Helper()
	zone := t.TempDir()
	config := filepath.Join(zone, "taizhang.yaml")
	if err := os.WriteFile(config, []byte(rosterZone), 0o644); err != nil {
		t.Fatal(err)
	}
	rosterDrop(t, zone, "三月.csv", roster(3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10), "2022-04-02 09:00")
	// Other declarations: a rebuild reads the history anew here.
	if err := os.WriteFile(config, []byte(rosterZone+"targets: {closure_rate: 0.9}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if log := rosterDrop(t, zone, "四月.csv", roster(4, 4, 5, 6, 7, 8, 9, 10), "2022-05-03 09:00"); !strings.Contains(log, "退回") {
		t.Fatalf("a roster that shrank by 3 of 10 was taken: %s", log)
	}
	rosterDrop(t, zone, "五月.csv", roster(5, 1, 3, 4, 5, 6, 7, 8, 9, 10), "2022-06-02 09:00")
	return zone
}

func persons(t *testing.T, zone string) string {
	t.Helper()
	code, out, log := program(t, "sql", "select string_agg(cast(cast(substr(户编号, 3) as int) as varchar), ' ' order by 户编号) as p from 帮扶对象花名册", "--zone", zone, "-f", "csv")
	if code != 0 {
		t.Fatal(log)
	}
	return strings.TrimSpace(strings.TrimPrefix(out, "p\n"))
}

// TestErasePassesTime: outcomes stay what they were, also where they depended on the person; what comes later counts.
func TestErasePassesTime(t *testing.T) {
	t.Parallel()
	tooltest.Thorough(t)
	zone := eraseZone(t)
	erase := func(n int, args ...string) {
		t.Helper()
		if code, _, log := program(t, append([]string{"erase", "--zone", zone, "--person", identity(n), "--reason", "本人申请", "--yes"}, args...)...); code != 0 {
			t.Fatalf("erase %d: %d %s", n, code, log)
		}
	}
	rebuilt := func(when string) {
		t.Helper()
		before := persons(t, zone)
		if code, _, log := program(t, "rebuild", "--zone", zone); code != 0 || !strings.Contains(log, "the figures are the same") {
			t.Errorf("rebuild %s: %d %s", when, code, log)
		}
		if after := persons(t, zone); after != before {
			t.Errorf("rebuild %s: %s, was %s", when, after, before)
		}
	}
	rebuilt("before")
	erase(3)
	if got := persons(t, zone); got != "1 4 5 6 7 8 9 10" {
		t.Errorf("after the erasure: %s", got)
	}
	status := mustJSON(t, "returns", "list", "--zone", zone)
	if status[1]["status"] != "rejected" {
		t.Errorf("April's roster became %v: it had shrunk by three, the erased one among them", status[1]["status"])
	}
	rebuilt("after the erasure")

	// A rejected return that names an erased person loads the others when it is accepted after all.
	erase(5)
	if code, _, log := program(t, "returns", "accept", "000002-1", "--reason", "属实", "--zone", zone); code != 0 {
		t.Fatalf("accept: %d %s", code, log)
	}
	if got := mustJSON(t, "sql", "select count(*) as n from raw.beneficiary where return_id = '000002-1'", "--zone", zone); fmt.Sprint(got[0]["n"]) != "6" {
		t.Errorf("the accepted return has %v rows, want 6 of 7", got[0]["n"])
	}
	rebuilt("after the acceptance")

	// The same bytes again are a duplicate: nothing new was said, nobody comes back.
	rosterDrop(t, zone, "五月.csv", roster(5, 1, 3, 4, 5, 6, 7, 8, 9, 10), "2022-06-03 09:00")
	if got := persons(t, zone); got != "1 4 6 7 8 9 10" {
		t.Errorf("after a duplicate: %s", got)
	}
	// A later return that names the person again counts: the erasure concerned what was received before it.
	rosterDrop(t, zone, "六月.csv", roster(6, 1, 3, 4, 6, 7, 8, 9, 10), "2022-07-04 09:00")
	if got := persons(t, zone); got != "1 3 4 6 7 8 9 10" {
		t.Errorf("after a later return: %s", got)
	}
	rebuilt("after a later return")
	erase(3)
	if got := persons(t, zone); got != "1 4 6 7 8 9 10" {
		t.Errorf("erased again: %s", got)
	}
	rebuilt("in the end")
}

// TestEraseByPhone: a number that belongs to one person alone names that person, with all rows.
func TestEraseByPhone(t *testing.T) {
	tooltest.Thorough(t)
	zone := eraseZone(t)
	if code, _, log := program(t, "erase", "--zone", zone, "--phone", "13900000008", "--reason", "x", "--yes"); code != 2 || !strings.Contains(log, "belongs to 2 persons") {
		t.Errorf("a shared number: %d %s", code, log)
	}
	if code, _, log := program(t, "erase", "--zone", zone, "--phone", "139-0000-0004", "--reason", "x", "--yes"); code != 0 || !strings.Contains(log, "139****0004: 2 rows removed") {
		t.Errorf("a number: %d %s", code, log)
	}
	if got := persons(t, zone); got != "1 3 5 6 7 8 9 10" {
		t.Errorf("left: %s", got)
	}
}

// TestEraseWithALostOriginal: an original that is lost holds no erasure up; what is left out without it is named.
func TestEraseWithALostOriginal(t *testing.T) {
	t.Parallel()
	tooltest.Thorough(t)
	zone := eraseZone(t)
	var lost string
	for e, err := range must(archive.View(filepath.Join(zone, "archive"))).All() {
		if err != nil {
			t.Fatal(err)
		}
		if e.Event == archive.Arrive {
			lost = e.Hash // of the last
		}
	}
	if err := os.Remove(filepath.Join(zone, "archive", lost[:2], lost)); err != nil {
		t.Fatal(err)
	}
	hash := mustJSON(t, "sql", "select any_value(id_number_hash) as h from raw.beneficiary where household_no = 'H-003'", "--zone", zone)[0]["h"].(string)
	code, _, log := program(t, "erase", "--zone", zone, "--person", identity(3), "--reason", "本人申请", "--yes")
	if code != 1 || !strings.Contains(log, "erased and published without 1 files whose originals are lost") || !strings.Contains(log, "can't be looked into") {
		t.Errorf("erase: %d %s", code, log)
	}
	noTrace(t, zone, "with a lost original", []string{hash}, identity(3)[:4]+"**********"+identity(3)[14:])
	if code, _, log := program(t, "rebuild", "--zone", zone); code != 1 || !strings.Contains(log, "rebuilt and published without 1 files") {
		t.Errorf("rebuild: %d %s", code, log)
	}
}

// TestEraseRefusals: exit codes, and nothing is changed.
func TestEraseRefusals(t *testing.T) {
	t.Parallel()
	zone := eraseZone(t)
	journal := must(os.ReadFile(filepath.Join(zone, "archive/journal.jsonl")))
	for name, c := range map[string]struct {
		code int
		args []string
	}{
		"nobody named":   {2, []string{"--reason", "x", "--yes"}},
		"named twice":    {2, []string{"--person", identity(3), "--phone", "13900000003", "--reason", "x", "--yes"}},
		"blank reason":   {2, []string{"--person", identity(3), "--yes", "--reason", "  "}},
		"no whole one":   {2, []string{"--person", "990304", "--reason", "x", "--yes"}},
		"unknown person": {2, []string{"--person", identity(77), "--reason", "x", "--yes"}},
	} {
		if code, _, log := program(t, append([]string{"erase", "--zone", zone}, c.args...)...); code != c.code || strings.Contains(log, identity(3)) || strings.Contains(log, identity(77)) {
			t.Errorf("%s: exit code %d\n%s", name, code, log)
		}
	}
	owner, err := warehouse.Lock(zone, "serve", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	if code, _, log := program(t, "erase", "--zone", zone, "--person", identity(3), "--reason", "x", "--yes"); code != 4 || !strings.Contains(log, "serve") {
		t.Errorf("beside an owner: %d %s", code, log)
	}
	if err := owner.Release(); err != nil {
		t.Fatal(err)
	}
	if now := must(os.ReadFile(filepath.Join(zone, "archive/journal.jsonl"))); !bytes.Equal(now, journal) {
		t.Error("the journal changed")
	}
	if got := persons(t, zone); got != "1 3 4 5 6 7 8 9 10" {
		t.Errorf("left: %s", got)
	}
}
