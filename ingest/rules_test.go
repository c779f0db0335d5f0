package ingest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"taizhang/ingest/finding"
	"taizhang/ingest/sheet"
)

// provokedElsewhere are the rules that no case can provoke, and the tests that do.
var provokedElsewhere = map[string]string{
	sheet.Password:     "sheet/anyfile/crypt_test.go TestDefaultPassword",
	sheet.Charset:      "sheet/anyfile/refuse_test.go TestTextRefusals",
	sheet.Damaged:      "guard_test.go TestFaultsCostOneFile",
	sheet.TooLarge:     "../cmd/taizhang/hostile_test.go TestHostileInbox",
	sheet.TooSlow:      "guard_test.go TestFaultsCostOneFile",
	sheet.Bomb:         "../cmd/taizhang/hostile_test.go TestHostileInbox",
	"not_stored":       "guard_test.go TestNotStored",
	"same_run":         "explain_test.go TestTwoInOneRun",
	"not_filled":       "marker_test.go TestTemplateLeftEmpty",
	"heading_by_place": "marker_test.go TestTemplateIsKnown",
	"rows_unaccounted": "read/account_test.go TestUnaccounted",
}

// TestRulesAreProvoked: every rule of the documentation is given by a case, or by the test named here; and no case gives
// a rule that is neither documented nor declared by a form.
func TestRulesAreProvoked(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	declared := map[string]bool{}
	for _, f := range builtinForms(t).Forms {
		for _, r := range f.Rules {
			declared[r.ID] = true
		}
	}
	line := regexp.MustCompile(`(?m)^  (?:error|warning|info) ([a-z0-9_]+) \S`)
	ofForm := regexp.MustCompile(`(?m)^ *- \{id: ([a-z0-9_]+)`)
	given := map[string]string{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range ofForm.FindAllStringSubmatch(string(text), -1) {
			declared[m[1]] = true
		}
		for _, m := range line.FindAllStringSubmatch(string(text), -1) {
			given[m[1]] = f
		}
	}
	listed := map[string]bool{}
	for _, r := range finding.Rules() {
		listed[r.ID] = true
		switch elsewhere := provokedElsewhere[r.ID]; {
		case given[r.ID] == "" && elsewhere == "":
			t.Errorf("no case gives %s", r.ID)
		case given[r.ID] != "" && elsewhere != "":
			t.Errorf("%s gives %s: it needs no exception", given[r.ID], r.ID)
		}
	}
	for id, f := range given {
		if !listed[id] && !declared[id] {
			t.Errorf("%s gives %s, which is not documented", f, id)
		}
	}
	for id, where := range provokedElsewhere {
		file, name, _ := strings.Cut(where, " ")
		text, err := os.ReadFile(file)
		if !listed[id] || err != nil || !strings.Contains(string(text), "func "+name+"(") {
			t.Errorf("%s: no such rule, or no %s (%v)", id, where, err)
		}
	}
}
