package finding

import "testing"

// TestRules: every rule has an id of its own, a severity and a sentence for the documentation.
func TestRules(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules() {
		if seen[r.ID] || r.ID == "" || r.Says == "" || r.Severity == "" || r.Whole && r.Severity != Error {
			t.Errorf("%+v stands twice or says nothing", *r)
		}
		seen[r.ID] = true
	}
	if len(seen) < 50 {
		t.Errorf("only %d rules are listed", len(seen))
	}
}
