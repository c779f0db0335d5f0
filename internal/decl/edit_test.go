package decl

import (
	"strings"
	"testing"
	"unicode/utf8"
)

const edited = `# head
zone: 湘潭高新区   # the name

submitters:        # in order
  - {code: cyj, name: 产业局, aliases: [区产业局, "产业, 发展局"]}   # first
  # between
  - code: smj
    name: 双马街道   # a street
# before returns
returns: [{form: problem, from: all, due: monday 12:00}]
targets:
  closure_rate: 0.90   # ninety
  # year: 1
mail:
# tail
`

// TestEdit: a change touches its own value alone; comments, blank lines and everything else stay as they are.
func TestEdit(t *testing.T) {
	for _, c := range []struct {
		name     string
		do       func(e *Edit) error
		old, new string
	}{
		{"a scalar", func(e *Edit) error { return e.Set(Scalar("甲: 乙"), "zone") }, "zone: 湘潭高新区 ", `zone: "甲: 乙" `},
		{"in braces", func(e *Edit) error { return e.Set("产业发展局", "submitters", 0, "name") }, "name: 产业局,", "name: 产业发展局,"},
		{"a list", func(e *Edit) error { return e.Set(List("a", "b, c"), "submitters", 0, "aliases") }, `[区产业局, "产业, 发展局"]`, `[a, "b, c"]`},
		{"a new one in braces", func(e *Edit) error { return e.Set("department", "submitters", 0, "kind") }, `发展局"]}`, `发展局"], kind: department}`},
		{"a new one in a block", func(e *Edit) error { return e.Set("street", "submitters", 1, "kind") }, "# a street\n", "# a street\n    kind: street\n"},
		{"remove from braces", func(e *Edit) error { return e.Unset("submitters", 0, "aliases") }, `, aliases: [区产业局, "产业, 发展局"]`, ""},
		{"remove the first from braces", func(e *Edit) error { return e.Unset("submitters", 0, "code") }, "{code: cyj, name", "{name"},
		{"remove an item", func(e *Edit) error { return e.Unset("submitters", 0) }, "  - {code: cyj, name: 产业局, aliases: [区产业局, \"产业, 发展局\"]}   # first\n", ""},
		{"remove a block", func(e *Edit) error { return e.Unset("submitters", 1) }, "  - code: smj\n    name: 双马街道   # a street\n", ""},
		{"add an item", func(e *Edit) error { return e.Append("{code: x, name: y}", "submitters") }, "# a street\n", "# a street\n  - {code: x, name: y}\n"},
		{"add an item in brackets", func(e *Edit) error { return e.Append("{form: x}", "returns") }, "12:00}]", "12:00}, {form: x}]"},
		{"add a key", func(e *Edit) error { return e.Set("1", "targets", "hires") }, "# ninety\n", "# ninety\n  hires: 1\n"},
		{"under nothing", func(e *Edit) error { return e.Set("h", "mail", "host") }, "mail:\n", "mail: {host: h}\n"},
		{"a new section", func(e *Edit) error { return e.Set("off", "schedule", "mail") }, "# tail\n", "# tail\nschedule:\n  mail: off\n"},
	} {
		for _, eol := range []string{"\n", "\r\n"} {
			text := strings.ReplaceAll(edited, "\n", eol)
			e, err := NewEdit([]byte("\ufeff" + text))
			if err != nil {
				t.Fatal(err)
			}
			if err := c.do(e); err != nil {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			old, replaced := strings.ReplaceAll(c.old, "\n", eol), strings.ReplaceAll(c.new, "\n", eol)
			if strings.Count(text, old) != 1 {
				t.Fatalf("%s: the case is wrong", c.name)
			}
			if want := "\ufeff" + strings.Replace(text, old, replaced, 1); string(e.Text()) != want {
				t.Errorf("%s: it becomes\n%s\ninstead of\n%s", c.name, e.Text(), want)
			}
		}
	}
	e, _ := NewEdit([]byte("a: |\n  x\nb: &x {c: 1}\nd:\n  - 1\n"))
	for _, path := range [][]any{{"a"}, {"b"}, {"d"}} {
		if err := e.Set("1", path...); err == nil {
			t.Errorf("%v is changed to\n%s", path, e.Text())
		}
	}
	e, _ = NewEdit([]byte(edited))
	if !e.Holds(Pos{Line: 5, Column: 30}, "submitters", 0, "aliases") || e.Holds(Pos{Line: 5, Column: 8}, "submitters", 0, "aliases") {
		t.Error("a place isn't told to lie in its value")
	}
	if got, ok := e.Get("submitters", 0, "aliases"); !ok || len(got) != 2 || got[1] != "产业, 发展局" {
		t.Errorf("the aliases are %q", got)
	}
}

// FuzzEdit: whatever stands in a file, an edit leaves it readable, with the new value in its place, or says that it can't.
func FuzzEdit(f *testing.F) {
	f.Add(edited, "x: y")
	f.Add("{a: [1, {b: 2}], zone: 3}", "#")
	f.Fuzz(func(t *testing.T, text, value string) {
		if len(text) > 1<<12 || strings.ContainsAny(value, "\r\n") || !utf8.ValidString(text) || !utf8.ValidString(value) {
			t.Skip()
		}
		e, err := NewEdit([]byte(text))
		if err != nil {
			t.Skip()
		}
		if err := e.Set(Scalar(value), "zone"); err != nil {
			return
		}
		if got, ok := e.Get("zone"); ok && (len(got) != 1 || got[0] != value) || !ok && value != "" {
			t.Errorf("%q became %q, %v", value, got, ok)
		}
	})
}
