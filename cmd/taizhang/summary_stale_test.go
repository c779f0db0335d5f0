package main

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"taizhang/transform"
)

// wordsOfDocx is the text of a .docx file.
func wordsOfDocx(t *testing.T, path string) string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	f, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestPapersSayTheyAreStale: a weekly issued while newer figures are held back says so on the first page of every paper,
// with since when and how many checks failed.
func TestPapersSayTheyAreStale(t *testing.T) {
	t.Parallel()
	zone := copyOfDemo(t)
	failed := transform.Result{Checks: []transform.CheckResult{{Model: "mart.own", Check: "few", Predicate: "n < 1", Failing: 1}}}
	if err := transform.NoteFailure(t.Context(), filepath.Join(zone, "published"), failed); err != nil {
		t.Fatal(err)
	}
	book := command(t, "summary", "--zone", zone)
	says := func(paper, text string) {
		t.Helper()
		for _, want := range []string{"有1项检查未通过，新的数字没有发布", "本期仍是此前的数字，20", "以后收到的报表未计入"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q", paper, want)
			}
		}
	}
	says(filepath.Base(book), textOf(t, openBook(t, book), "总览"))
	dir := filepath.Join(zone, "summaries")
	page, err := os.ReadFile(filepath.Join(dir, "一页通_截至2022-08-15_r2.html"))
	if err != nil {
		t.Fatal(err)
	}
	says("一页通", string(page))
	says("周报.docx", wordsOfDocx(t, filepath.Join(dir, "湘潭高新区周报_截至2022-08-15_r2.docx")))
	for pattern, sheet := range map[string]string{"督办单_*_r2.docx": "", "by-submitter/*_r2.xlsx": "目录"} {
		all, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(pattern)))
		if err != nil || len(all) == 0 {
			t.Fatalf("no new %s: %v", pattern, err)
		}
		if sheet == "" {
			says(filepath.Base(all[0]), wordsOfDocx(t, all[0]))
		} else {
			says(filepath.Base(all[0]), textOf(t, openBook(t, all[0]), sheet))
		}
	}
}

// TestPapersOfAnotherVersion: where a paper asks for what the models of an earlier version of the program haven't, the remedy
// is to publish anew, not to mend a declaration.
func TestPapersOfAnotherVersion(t *testing.T) {
	t.Parallel()
	zone := copyOfDemo(t)
	own := filepath.Join(zone, "queries", "weekly.yaml")
	if err := os.WriteFile(own, []byte(`extends: built-in
sheets:
  - name: 新表
    blocks:
      - table:
          id: t
          title: 新表
          columns: [{title: 单位, from: unit}]
          sql: select of_a_later_version as unit from core.fct_obligation
`), 0o644); err != nil {
		t.Fatal(err)
	}
	code, _, log := program(t, "summary", "--zone", zone)
	if code != 2 || !strings.Contains(log, "weekly.yaml") || strings.Contains(log, "another version") {
		t.Errorf("of this version: exit code %d\n%s", code, log)
	}
	file := filepath.Join(zone, "published", "publication.json")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	earlier := regexp.MustCompile(`"(program|program_file)": "[0-9a-f]+"`).ReplaceAllString(string(text), `"$1": "00"`)
	if err := os.WriteFile(file, []byte(earlier), 0o644); err != nil {
		t.Fatal(err)
	}
	code, _, log = program(t, "summary", "--zone", zone)
	if code != 1 || !strings.Contains(log, "publish it anew, then try again: taizhang run") {
		t.Errorf("of another version: exit code %d\n%s", code, log)
	}
}
