package main

import "testing"

func TestShown(t *testing.T) {
	for in, want := range map[string]string{
		"问题台账.xlsx": "问题台账.xlsx", "a\x1b[31mb": `a\x1b[31mb`, "a\rb": `a\rb`, "a\nb": `a\nb`, "x\u202exslx.exe": `x\u202exslx.exe`,
		"\xb1\xa8.csv": `\xb1\xa8.csv`, "a\u200bb": `a\u200bb`, "\uFFFD": "\uFFFD",
	} {
		if got := shown(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := shownLines("a\tb\nc\x07\n"); got != "a\tb\nc\\x07\n" {
		t.Errorf("%q", got)
	}
	if path := `D:\taizhang\new`; shownLines(path) != path {
		t.Errorf("a path on Windows is shown as %q", shownLines(path))
	}
}

// TestRatiosRoundAsTheWorkbookDoes: a half goes up, so that the command line and the weekly show one number.
func TestRatiosRoundAsTheWorkbookDoes(t *testing.T) {
	for value, want := range map[float64]string{13.0 / 80: "16.3%", 0.8285: "82.9%", 0.1235: "12.4%"} {
		if got := shownValue(value, "ratio"); got != want {
			t.Errorf("%v is shown as %s, not %s", value, got, want)
		}
	}
}
