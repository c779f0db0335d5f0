package zone

import "testing"

// TestSafeName: what a unit or file is called can be the name of a folder or file wherever offices keep a zone, and is known
// for the same name again.
func TestSafeName(t *testing.T) {
	for name, want := range map[string]string{
		"产业局": "产业局", "城管/执法局": "城管／执法局", "第1组.": "第1组．", "A:B": "A：B", " 产业局 ": "产业局",
		"con": "ｃon", "AUX": "ＡUX", "nul.xlsx": "ｎul.xlsx", "Com1.": "Com1．", "lpt9 .csv": "ｌpt9 .csv",
		"conference": "conference", "COM10": "COM10", "周报con.xlsx": "周报con.xlsx",
	} {
		got := SafeName(name)
		if got != want {
			t.Errorf("%q is kept as %q, want %q", name, got, want)
		}
		if normal(got) != normal(name) {
			t.Errorf("%q is not known for %q again", got, name)
		}
	}
}
