package service

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"taizhang/internal/lang"
)

// TestAskersLanguage: a run that is handed over says what went wrong, and what it warns of, in the language of whoever
// asked; the service goes on in its own.
func TestAskersLanguage(t *testing.T) {
	b := served(t, "2022-08-15 09:00", "schedule: {summary: off}\n")
	was := lang.Spoken()
	if r := b.s.Intake(t.Context(), Request{}, "test"); r.Error != "" {
		t.Fatal(r.Error)
	}
	if err := os.Rename(b.file("archive/keys.json"), b.file("archive/away")); err != nil {
		t.Fatal(err)
	}
	b.write("inbox/双马街道/问题台账.csv", ledger("双马街道", 32, 3))
	for l, want := range map[lang.Language]string{lang.English: "key", lang.Chinese: "密钥"} {
		text, err := json.Marshal(Request{Asker: AsksIn(l)}) // as it is handed over
		if err != nil {
			t.Fatal(err)
		}
		var ask Request
		if err := json.Unmarshal(text, &ask); err != nil {
			t.Fatal(err)
		}
		if r := b.s.Intake(t.Context(), ask, "test"); !strings.Contains(r.Error, want) {
			t.Errorf("asked with %s: %q", text, r.Error)
		}
	}
	if err := os.Rename(b.file("archive/away"), b.file("archive/keys.json")); err != nil {
		t.Fatal(err)
	}
	b.write("weekly.yaml", "pages: []\n")
	for l, want := range map[lang.Language]string{lang.English: "is read by nothing", lang.Chinese: "不会被读取"} {
		b.write(fmt.Sprintf("inbox/双马街道/%d.csv", l), ledger("双马街道", 33+int(l), 3))
		r := b.s.Intake(t.Context(), Request{Asker: AsksIn(l)}, "test")
		if !strings.Contains(strings.Join(r.Warnings, "\n"), want) {
			t.Errorf("asked in %v it warns %q of what nothing reads: %s", l, r.Warnings, r.Error)
		}
	}
	if lang.Spoken() != was {
		t.Error("the service goes on in the language of who asked")
	}
}
