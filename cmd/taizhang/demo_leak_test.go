package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"taizhang/internal/warehouse"
)

// secrets are the demo's true sensitive values, those that no other table holds openly.
func secrets(t *testing.T) []string {
	t.Helper()
	const dir = "../../data/truth"
	open := ""
	tables, err := filepath.Glob(filepath.Join(dir, "*.csv"))
	if err != nil || len(tables) == 0 {
		t.Fatalf("no truth tables: %v", err)
	}
	for _, f := range tables {
		if b := filepath.Base(f); b != "beneficiaries.csv" && b != "tax_refunds.csv" {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			open += string(text)
		}
	}
	var out []string
	for file, columns := range map[string][]string{"beneficiaries.csv": {"姓名", "身份证号", "联系电话"}, "tax_refunds.csv": {"企业名称", "纳税人识别号"}} {
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		head := strings.Split(lines[0], ",")
		for _, c := range columns {
			i := slices.Index(head, c)
			if i < 0 {
				t.Fatalf("%s has no column %s", file, c)
			}
			found := 0
			for _, l := range lines[1:] {
				if v := strings.TrimSpace(strings.Split(l, ",")[i]); v != "" && !strings.Contains(open, v) && !slices.Contains(out, v) {
					out, found = append(out, v), found+1
				}
			}
			if found < 5 && file == "beneficiaries.csv" { // taxpayers are enterprises of the public directory
				t.Fatalf("%s: only %d secret values of %s", file, found, c)
			}
		}
	}
	return out
}

// TestNothingSensitiveLeaks looks for the demo's true sensitive values in everything but the archived originals and the
// receipts, which go back to their senders.
func TestNothingSensitiveLeaks(t *testing.T) {
	zone := demoZone(t)
	needles := secrets(t)
	look := func(where, text string) {
		for _, n := range needles {
			if i := strings.Index(text, n); i >= 0 {
				t.Errorf("%s holds %q: …%s…", where, n, text[max(0, i-60):min(len(text), i+len(n)+60)])
			}
		}
	}
	for _, f := range []string{"warehouse.duckdb", "published/taizhang.duckdb"} {
		db, err := warehouse.ReadOnly(filepath.Join(zone, f), warehouse.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var columns [][2]string
		err = warehouse.Each(t.Context(), db.Conn, `select '"' || schema_name || '"."' || table_name || '"', column_name from duckdb_columns()
			where not internal and (data_type like '%VARCHAR%') and schema_name || '.' || table_name not in (select schema_name || '.' || view_name from duckdb_views())`, func(v []any) error {
			columns = append(columns, [2]string{v[0].(string), v[1].(string)})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(columns) < 200 {
			t.Errorf("%s has only %d text columns", f, len(columns))
		}
		for _, c := range columns {
			values, err := warehouse.Strings(t.Context(), db.Conn, `select distinct cast("`+c[1]+`" as varchar) from `+c[0])
			if err != nil {
				t.Fatal(err)
			}
			look(f+" "+c[0]+" "+c[1], strings.Join(values, "\n"))
		}
		db.Close()
		// Not even in blocks that are no longer used: numbers of the demo begin alike, which makes this fast.
		content, err := os.ReadFile(filepath.Join(zone, f))
		if err != nil {
			t.Fatal(err)
		}
		for _, prefix := range []string{"990304", "154731"} {
			known, lengths := map[string]bool{}, map[int]bool{}
			for _, n := range needles {
				if i := strings.Index(n, prefix); i >= 0 {
					known[n[i:]], lengths[len(n)-i] = true, true
				}
			}
			if len(known) < 5 {
				t.Fatalf("only %d numbers begin with %s", len(known), prefix)
			}
			for at := bytes.Index(content, []byte(prefix)); at >= 0; {
				for n := range lengths {
					if at+n <= len(content) && known[string(content[at:at+n])] {
						t.Errorf("the bytes of %s hold %s", f, content[at:at+n])
					}
				}
				next := bytes.Index(content[at+1:], []byte(prefix))
				if next < 0 {
					break
				}
				at += 1 + next
			}
		}
	}
	look("the log", string(sharedDemo.log))
	for _, dir := range []string{"published", "summaries"} {
		for _, f := range files(t, filepath.Join(zone, dir)) {
			switch filepath.Ext(f) {
			case ".xlsx", ".docx":
				look(f, unzipped(t, f))
			case ".json", ".html", ".txt", ".eml":
				text, err := os.ReadFile(f)
				if err != nil {
					t.Fatal(err)
				}
				look(f, string(text))
			}
		}
	}
	journal, err := os.ReadFile(filepath.Join(zone, "archive", "journal.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	look("the journal", string(journal))
	for _, args := range [][]string{
		{"trace", "tax_refunded"}, {"returns", "list"}, {"metrics", "tax_refunded", "--by", "industry"},
		{"sql", "select * from 留抵退税台账"}, {"sql", "select * from 帮扶对象花名册"}, {"sql", "select * from raw.finding"}, {"sql", "select * from raw.quarantine"},
	} {
		code, out, log := program(t, append(args, "--zone", zone, "-f", "csv")...)
		if code != 0 {
			t.Errorf("%v: exit code %d: %s", args, code, log)
		}
		look(strings.Join(args, " "), out+log)
	}
}

// TestTaxpayersStayUnnamed: taxpayers are enterprises of the public directory, but which of them got how much is not public.
func TestTaxpayersStayUnnamed(t *testing.T) {
	zone := demoZone(t)
	text, err := os.ReadFile("../../data/truth/tax_refunds.csv")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, l := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		names = append(names, strings.Split(l, ",")[1:3]...) // name and taxpayer number
	}
	look := func(where, text string) {
		for _, n := range names {
			if strings.Contains(text, n) {
				t.Errorf("%s names %s", where, n)
			}
		}
	}
	for _, q := range []string{
		"select * from raw.tax_refund", "select * from core.fct_tax_refund", "select * from 留抵退税台账",
		"select f.* from raw.finding as f join raw.return as r using (return_id) where r.form = 'tax_refund'",
		"select q.* from raw.quarantine as q join raw.return as r using (return_id) where r.form = 'tax_refund'",
		"select * from mart.metric where metric = 'tax_refunded'", "select * from mart.metric_week where metric = 'tax_refunded'",
	} {
		code, out, log := program(t, "sql", q, "--zone", zone, "-f", "csv")
		if code != 0 || strings.Count(out, "\n") < 2 && !strings.Contains(q, "finding") && !strings.Contains(q, "quarantine") {
			t.Errorf("%s: exit code %d, %d lines\n%s", q, code, strings.Count(out, "\n"), log)
		}
		look(q, out)
	}
	look("the consolidated workbook", unzipped(t, filepath.Join(zone, "published/汇总台账/留抵退税台账.xlsx")))
	_, out, _ := program(t, "trace", "tax_refunded", "--zone", zone, "-f", "json")
	look("the trace", out)
}

// unzipped is the text of all parts of a workbook.
func unzipped(t *testing.T, path string) string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var b strings.Builder
	for _, p := range z.File {
		r, err := p.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&b, r); err != nil {
			t.Fatal(err)
		}
		r.Close()
	}
	return b.String()
}
