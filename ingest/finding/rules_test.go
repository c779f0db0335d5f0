package finding

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// TestRulesAreListed: every rule that intake gives is in the list, and every rule of the list is given.
func TestRulesAreListed(t *testing.T) {
	given := map[string]string{}
	literal := regexp.MustCompile(`Rule: "([a-z0-9_]+)"|(?:bad|doubt)\("([a-z0-9_]+)"|[fF]ail\(\w+(?:\.\w+)*, "([a-z0-9_]+)"|ask\(\w+, "([a-z0-9_]+)"`)
	reasons := regexp.MustCompile(`(?m)^\t[A-Z]\w+ += "([a-z0-9_]+)"`)
	for glob, re := range map[string]*regexp.Regexp{"../*.go": literal, "../layout/*.go": literal, "../cell/*.go": literal, "../read/*.go": literal, "../judge/*.go": literal, "../sheet/refuse.go": reasons} {
		files, err := filepath.Glob(glob)
		if err != nil || len(files) == 0 {
			t.Fatal(glob, err)
		}
		for _, f := range files {
			if matched, _ := filepath.Match("../*_test.go", f); matched {
				continue
			}
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range re.FindAllStringSubmatch(string(text), -1) {
				for _, id := range m[1:] {
					if id != "" && id != "lock_file" { // never taken in
						given[id] = f
					}
				}
			}
		}
	}
	if len(given) < 50 {
		t.Fatalf("only %d rules were found", len(given))
	}
	for id, f := range given {
		if !slices.ContainsFunc(Rules, func(r Rule) bool { return r.ID == id }) {
			t.Errorf("%s gives the rule %s, which is not listed", f, id)
		}
	}
	seen := map[string]bool{}
	for _, r := range Rules {
		if given[r.ID] == "" {
			t.Errorf("%s is listed but never given", r.ID)
		}
		if seen[r.ID] || r.Says == "" || r.Severity == "" {
			t.Errorf("%+v stands twice or says nothing", r)
		}
		seen[r.ID] = true
	}
}
