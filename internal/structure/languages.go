package structure

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode"
)

// pairs are the functions that take a text in both languages, with the place of the English one among their arguments;
// the Chinese one follows it, and then the values.
var pairs = map[string]int{
	"lang.Say": 0, "lang.Phrase": 0, "lang.Errorf": 0, "decl.Say": 0, "Say": 0, "Phrase": 0, "Errorf": 0,
	"usagef": 0, "refuse": 0, "office.Refuse": 0, "tell": 0, "warn": 0, "Fault": 0, "fail": 0, "wrong": 0, "add": 4,
}

// singles are those that take one in one language alone, whichever place it has.
var singles = []string{"fmt.Errorf", "errors.New", "say", "Fprintf", "Fprintln", "Fprint"}

// saying are the types whose fields people read.
var saying = []string{"Error", "ModelError", "Trouble", "DamagedError", "Refusal"}

// engines are rooms whose pages are Chinese, or whose faults are the program's own, or are said to people by those who call them.
var engines = []string{"bench", "data", "cmd/internal/alone", "cmd/internal/web", "cmd/internal/web/account", "cmd/internal/web/asking", "cmd/internal/web/editor", "cmd/internal/web/entry", "cmd/internal/web/frame", "cmd/internal/web/handing", "cmd/internal/web/reading", "cmd/internal/web/running", "cmd/internal/web/settings", "cmd/internal/web/shelf", "ingest/finding", "ingest/fit", "ingest/layout", "ingest/sight", "ingest/around", "ingest/heading", "ingest/rowkind", "ingest/packed", "ingest/read", "ingest/receipt", "ingest/secret", "ingest/sheet", "ingest/units",
	"ingest/written", "ingest/cell", "internal/calendar", "internal/durable", "internal/durable/durabletest", "internal/lang", "internal/lineage", "internal/mail/mailtest", "internal/official", "internal/onepage",
	"internal/cfb", "internal/cfb/cfbtest", "internal/charset", "internal/xmlscan", "internal/offcrypto", "internal/opc", "internal/result", "internal/rounded", "internal/spelling", "internal/structure", "internal/tooltest", "internal/warehouse/warehousetest", "internal/workbook", "internal/logbook"}

// OneLanguage lists what people read in one language alone, or not alike in both.
func OneLanguage(tree fs.FS, sources []Source) ([]string, error) {
	var out []string
	for _, s := range sources {
		if s.Test || slices.Contains(engines, s.Package) || strings.HasPrefix(s.Path, "cmd/taizhang/dictionary") || // the generated documents are English
			strings.HasSuffix(s.Package, "test") {
			continue
		}
		text, err := fs.ReadFile(tree, s.Path)
		if err != nil {
			return nil, err
		}
		files := token.NewFileSet()
		f, err := parser.ParseFile(files, s.Path, text, 0)
		if err != nil {
			return nil, err
		}
		c := &languageCheck{command: s.Package == "cmd/taizhang"}
		ast.Inspect(f, func(n ast.Node) bool {
			for _, fault := range c.node(n) {
				out = append(out, fmt.Sprintf("%s: %s", files.Position(n.Pos()), fault))
			}
			return true
		})
	}
	return out, nil
}

type languageCheck struct {
	command bool // of the command line itself, which prints
}

func (c *languageCheck) node(n ast.Node) []string {
	switch n := n.(type) {
	case *ast.CallExpr:
		return c.call(n)
	case *ast.CompositeLit:
		return c.literal(n)
	}
	return nil
}

func (c *languageCheck) call(call *ast.CallExpr) []string {
	name := called(call.Fun)
	at, isPair := c.pairOf(name)
	switch {
	case isPair && len(call.Args) >= at+2:
		return pairFaults(call, at)
	case isPair && len(call.Args) == at+1 && worded(call.Args[at]):
		return []string{"has no Chinese form"}
	case c.isSingle(name):
		if slices.ContainsFunc(call.Args, func(a ast.Expr) bool { return worded(a) && !c.plain(a) }) {
			return []string{name + " says it in one language"}
		}
	case c.command && strings.Contains(name, "Flags()") && len(call.Args) >= 4:
		if last := call.Args[len(call.Args)-1]; worded(last) {
			return []string{"a flag is explained in one language"}
		}
	}
	return nil
}

// pairOf is where the English text stands among the arguments of a function that takes both languages. A method is known by
// its name if that is not exported: x.fail, x.say.
func (c *languageCheck) pairOf(name string) (at int, ok bool) {
	short := lastName(name)
	if short == "say" && !c.command && name != "say" {
		return 0, true
	}
	if at, ok = pairs[name]; ok {
		return at, true
	}
	unexported := strings.Contains(name, ".") && short == strings.ToLower(short[:1])+short[1:]
	if unexported || short == "Fault" {
		at, ok = pairs[short]
	}
	return at, ok
}

// isSingle says whether a function takes texts in one language.
func (c *languageCheck) isSingle(name string) bool {
	return slices.Contains(singles, name) || c.command && slices.Contains(singles, lastName(name))
}

func lastName(name string) string { return path.Ext("." + name)[1:] }

// plain are texts that are the same in both languages: markup, and what the program says of itself.
func (c *languageCheck) plain(a ast.Expr) bool {
	text, _ := textOf(a)
	return strings.HasPrefix(text, "<") || strings.HasPrefix(text, "taizhang %s") || strings.Contains(text, `"hidden": `) || text == "flowchart LR" ||
		strings.HasPrefix(text, "create ") || strings.HasPrefix(text, "select ") || strings.HasPrefix(text, "with ") || strings.HasPrefix(text, "ok")
}

func (c *languageCheck) literal(l *ast.CompositeLit) (out []string) {
	kind := ""
	if l.Type != nil {
		kind = lastName(called(l.Type))
	}
	for _, e := range l.Elts {
		kv, keyed := e.(*ast.KeyValueExpr)
		if keyed && kind == "Command" {
			if key := called(kv.Key); (key == "Short" || key == "Long" || key == "Example") && worded(kv.Value) {
				out = append(out, key+" is in one language")
			}
			continue
		}
		v := e
		if keyed {
			v = kv.Value
		}
		if slices.Contains(saying, kind) && worded(v) && strings.Contains(first(textOf(v)), " ") {
			out = append(out, kind+" says it in one language")
		}
	}
	return out
}

// pairFaults tells where the two forms of a text differ in what they are given.
func pairFaults(call *ast.CallExpr, at int) (out []string) {
	english, isEnglish := textOf(call.Args[at])
	chinese, isChinese := textOf(call.Args[at+1])
	switch {
	case isEnglish && !isChinese && letters(english):
		return []string{fmt.Sprintf("%q has no Chinese form", english)}
	case !isEnglish || !isChinese:
		return nil // handed on
	case words(english) > 1 && english != chinese && !hasHan(chinese):
		out = append(out, fmt.Sprintf("%q: its Chinese form has no Chinese in it", english))
	case words(english) > 1 && english == chinese:
		out = append(out, fmt.Sprintf("%q is the same in both languages", english))
	}
	if chinese == "" && !letters(english) { // the same in both
		chinese = english
	}
	if !call.Ellipsis.IsValid() {
		out = append(out, countFaults(len(call.Args)-at-2, english, chinese)...)
	}
	return append(out, kindFaults(english, chinese)...)
}

// countFaults tells which form of a text takes another number of values than it is given; one that numbers its values may
// leave some out.
func countFaults(given int, forms ...string) (out []string) {
	for _, form := range forms {
		if most := highest(verbs(form)); most > given || most < given && !strings.Contains(form, "%[") {
			out = append(out, fmt.Sprintf("%q takes %d values, and is given %d", form, most, given))
		}
	}
	return out
}

// kindFaults tells where the two forms of a text take values of different kinds.
func kindFaults(english, chinese string) (out []string) {
	kinds := map[string]string{}
	for _, v := range append(verbs(english), verbs(chinese)...) {
		if was, twice := kinds[v[:2]]; twice && was != v[3:] {
			out = append(out, fmt.Sprintf("%q takes %v, its Chinese form %v", english, verbs(english), verbs(chinese)))
		}
		kinds[v[:2]] = v[3:]
	}
	return out
}

var verb = regexp.MustCompile(`%(?:%|[-+# 0]*(?:\[(\d+)\])?[0-9]*(?:\.[0-9]+)?(?:\[(\d+)\])?([a-zA-Z]))`)

// verbs are what a format does with its values, in their order: "1 s", "2 d". A value may stand in both forms twice.
func verbs(format string) (out []string) {
	n := 0
	for _, m := range verb.FindAllStringSubmatch(format, -1) {
		if m[0] == "%%" {
			continue
		}
		n++
		if given := m[1] + m[2]; given != "" {
			n, _ = strconv.Atoi(given)
		}
		kind := m[3]
		switch kind {
		case "q", "v": // how a text is quoted is a language's own
			kind = "s"
		}
		out = append(out, fmt.Sprintf("%02d %s", n, kind))
	}
	sort.Strings(out)
	return slices.Compact(out)
}

func highest(verbs []string) int {
	if len(verbs) == 0 {
		return 0
	}
	n, _ := strconv.Atoi(verbs[len(verbs)-1][:2])
	return n
}

// worded says whether an expression is a text with words in it.
func worded(e ast.Expr) bool {
	text, ok := textOf(e)
	return ok && letters(text)
}

// words is how many words a format has beside its verbs; a key such as password_file is one.
func words(format string) int {
	return len(strings.FieldsFunc(verb.ReplaceAllString(format, " "), func(r rune) bool { return !unicode.IsLetter(r) && !strings.ContainsRune("_.-", r) }))
}

// letters says whether a format holds words beside its verbs.
func letters(format string) bool {
	n := 0
	for _, r := range verb.ReplaceAllString(format, "") {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n > 1
}

func hasHan(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0
}

// textOf is the text of a literal, or of some joined by +.
func textOf(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			s, err := strconv.Unquote(e.Value)
			return s, err == nil
		}
	case *ast.ParenExpr:
		return textOf(e.X)
	case *ast.BinaryExpr:
		a, isA := textOf(e.X)
		b, isB := textOf(e.Y)
		if e.Op == token.ADD && isA && isB {
			return a + b, true
		}
	}
	return "", false
}

func first(s string, _ bool) string { return s }

// called is the name of what is called: fmt.Errorf, a.tell, c.Flags().BoolVar.
func called(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return called(e.X) + "." + e.Sel.Name
	case *ast.CallExpr:
		return called(e.Fun) + "()"
	case *ast.IndexExpr:
		return called(e.X) + "[]"
	}
	return "?"
}
