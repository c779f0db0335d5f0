package ingest

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

// TestLongSheetsAreReadAsShortOnes reads all cases as if their sheets had hundreds of thousands of rows, which are packed and
// mostly plain: what comes of them must be the same.
func TestLongSheetsAreReadAsShortOnes(t *testing.T) {
	eachCase(t, func(t *testing.T, _ string, _ *txtar.Archive, want string, run func(adjust func(*Intake)) string) {
		if got := run(func(in *Intake) { in.read.Loose = 0 }); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

// eachCase calls test with each of testdata/cases, what is wanted of it, and what runs it.
func eachCase(t *testing.T, test func(t *testing.T, file string, a *txtar.Archive, want string, run func(adjust func(*Intake)) string)) {
	t.Helper()
	files, err := filepath.Glob("testdata/cases/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	set := builtinForms(t)
	db := emptyWarehouse(t, set)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			loc, err := time.LoadLocation("Asia/Shanghai")
			if err != nil {
				t.Fatal(err)
			}
			config, want, steps := parseSteps(t, a, loc)
			if len(steps) == 0 {
				t.Fatal("the case has no file")
			}
			in := intakeOf(t, config, formsOf(t, a, set))
			showHints = bytes.Contains(a.Comment, []byte("#hints"))
			showPassed = bytes.Contains(a.Comment, []byte("#passed"))
			db := db
			if in.Forms != set {
				db = emptyWarehouse(t, in.Forms)
			}
			test(t, file, a, want, func(adjust func(*Intake)) string {
				adjust(in)
				if bytes.Contains(a.Comment, []byte("#warehouse")) {
					return throughSession(t, in, steps)
				}
				return throughJudge(t, in, db, steps)
			})
		})
	}
}
