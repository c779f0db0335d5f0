package structure

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

// TestBothLanguages: whatever a person reads from the command line stands in English and Chinese, and both forms take the
// same values. The catalogue is the source itself; this test is what makes it one.
func TestBothLanguages(t *testing.T) {
	faults, err := OneLanguage(os.DirFS(fromRoot(".")), tree(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		t.Error(f)
	}
}

// TestBothLanguagesFail proves that TestBothLanguages fails when somebody forgets a language.
func TestBothLanguagesFail(t *testing.T) {
	for code, want := range map[string]string{
		`a.tell("Done: %s", "完成：%s", x)`:                          "",
		`a.tell("Done: %s of %d", "%[2]d个中的%[1]s已完成", x, 1)`:      "",
		`a.tell("Done: %s", english, x)`:                          "has no Chinese form",
		`a.tell("All done: %s", "Ready now: %s", x)`:              "has no Chinese in it",
		`a.tell("Done all", "Done all")`:                          "same in both",
		`a.tell("Done: %s", "完成", x)`:                             "takes 0 values, and is given 1",
		`a.tell("Done: %d", "完成：%s", x)`:                          "takes [01 d], its Chinese form [01 s]",
		`a.tell("Done: %s", "完成：%s")`:                             "takes 1 values, and is given 0",
		`a.tell("Done: %.1f%%", "完成：%.1f%%", x)`:                  "",
		`a.say("Done: %s", x)`:                                    "in one language",
		`a.say("%s: %s", x, y)`:                                   "",
		`usagef("no such thing")`:                                 "has no Chinese form",
		`fmt.Errorf("no such thing: %w", err)`:                    "in one language",
		`fmt.Errorf("%s: %w", name, err)`:                         "",
		`errors.New("no such thing")`:                             "in one language",
		`fmt.Fprintln(a.err, "no such thing")`:                    "in one language",
		`c.Flags().StringVar(&x, "x", "", "an x")`:                "a flag is explained",
		`use(&cobra.Command{Use: "x", Short: "Do x"})`:            "Short is in one language",
		`use(&cobra.Command{Short: lang.Phrase("Do x", "做这件事")})`: "",
		`use(&Trouble{path, "it is gone"})`:                       "Trouble says it in one language",
		`lang.Errorf("read %s: %w", "读取%s：%w", path, err)`:        "",
		`office.Refuse("nothing to do here")`:                     "has no Chinese form",
		`n.Fault("a name of %q", "名称 %q", x)`:                     "",
		`d.add("clock", Sound, "", "", "it is right", "right")`:   "has no Chinese in it",
	} {
		fake := fstest.MapFS{"cmd/taizhang/x.go": {Data: []byte("package main\n\nfunc f() {\n\t" + code + "\n}\n")}}
		sources, err := Read(fake)
		if err != nil {
			t.Fatal(err)
		}
		faults, err := OneLanguage(fake, sources)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(faults, "\n"); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
	}
}
