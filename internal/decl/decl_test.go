package decl

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestMain: what Error says depends on the system's language; tests ask for one.
func TestMain(m *testing.M) {
	os.Setenv("LC_ALL", "C")
	os.Exit(m.Run())
}

// told reads a text as laymen's and gives its faults in a language, without the file's name.
func told(t *testing.T, text string, l Language) []string {
	t.Helper()
	f := Read("f", []byte(text), Options{Layman: true})
	if f.Root != nil {
		visit(f.Root)
	}
	_ = f.Err() // sorts
	var out []string
	for _, x := range f.faults {
		if strings.Contains(x.Says.English+x.Says.Chinese, "%!") || x.Says.English == x.Says.Chinese {
			t.Errorf("%q: a sentence went wrong: %q", text, x.Says)
		}
		out = append(out, strings.TrimPrefix(x.In(l), "f:"))
	}
	return out
}

// visit reads every value as a reader would.
func visit(n *Node) {
	switch {
	case n.IsMapping():
		entries, _ := n.Entries(nil)
		for _, e := range entries {
			visit(e.Value)
		}
	case n.IsList():
		items, _ := n.Items()
		for _, c := range items {
			visit(c)
		}
	case !n.Null():
		n.Text()
	}
}

// TestSyntax: each fault of syntax at its line and column, in words that say what to do.
func TestSyntax(t *testing.T) {
	for _, c := range []struct{ text, english, chinese string }{
		{"a: 1\nb:\n  - x\n\t- y\n", "4:1: not valid YAML: a tab", "4:1: 格式有误：不能用制表符（Tab）缩进，请改用空格"},
		{"a:\n\tb: c\n", "2:1: not valid YAML: a tab", "制表符"},
		{"a: b\n\tc: d\n", "2:1: not valid YAML: a tab", "制表符"},
		{"a: |\n  x\n\ty\n", "3:1: not valid YAML: a tab", "制表符"},
		{"a:\n　　- b\n　　- c\nd: e\n", "2:1: not valid YAML: a wide space", "2:1: 格式有误：缩进中有全角空格"},
		{"zone：甲\nb: c\n", "1:5: not valid YAML: a wide colon", "1:5: 格式有误：冒号是全角的（：），请改用半角冒号加空格"},
		{"b: c\nzone：甲\n", "2:5: not valid YAML: a wide colon", "全角"},
		{"b:\n  - c: d\n    zone：甲\n    e: f\n", "3:9: not valid YAML: a wide colon", "全角"},
		{"zone:甲\nb: c\n", "1:6: not valid YAML: a space is missing after the colon", "1:6: 格式有误：冒号后面缺一个空格"},
		{"zone:　甲\nb: c\n", "1:6: not valid YAML: a wide space after the colon", "1:6: 格式有误：冒号后面是全角空格"},
		{"b: c\nzone\nd: e\n", "2:1: not valid YAML: this line has no colon", "2:1: 格式有误：这一行缺冒号"},
		{"a: b\nzone: \"甲\nc: d\n", "2:7: not valid YAML: the quote that opens here is not closed", "2:7: 格式有误：此处的引号没有配对的结束引号"},
		{"a: b\nzone: '甲\nc: d\n", "2:7: not valid YAML: the quote", "引号"},
		{"a: b\nzone: '甲\nc: 'd'\n", "2:7: not valid YAML: the quote", "引号"},
		{"a: b\nzone: \"甲”\nc: d\n", "2:7: not valid YAML: the quote", "引号"},
		{"zone: \"甲\" 乙\nc: d\n", "1:11: not valid YAML: the value has ended before here", "1:11: 格式有误：值到此处之前已经结束"},
		{"a: b\nc: [x, y\nd: e\n", "2:4: not valid YAML: the [ that opens here is not closed by ]", "2:4: 格式有误：此处的 [ 没有配对的 ]"},
		{"a: b\nc: {x: y, z: w\nd: e\n", "2:4: not valid YAML: the { that opens here is not closed by }", "配对"},
		{"a: b\nc: [x, {y: z]\n", "2:8: not valid YAML: the { that opens", "配对"},
		{"a: b\nc: [", "2:4: not valid YAML: the [ that opens", "配对"},
		{"a: [b]]\n", "1:7: not valid YAML: a ] without the bracket", "1:7: 格式有误：多了一个 ]"},
		{"a: }\n", "1:4: not valid YAML: a } without the bracket", "多了一个 }"},
		{"a: {b: c d: e}\n", "1:11: not valid YAML: a comma is missing", "缺一个逗号"},
		{"a: {b: c，d: e}\n", "1:9: not valid YAML: a wide comma", "1:9: 格式有误：逗号是全角的"},
		{"a: [b,, c]\n", "1:7: not valid YAML: a comma too many", "多了一个逗号"},
		{"a: b\nc: */5 * * * *\n", `2:4: not valid YAML: a value that begins with * or & must stand in quotes, such as "*/5 * * * *"`, "2:4: 格式有误：以 * 或 & 开头的值"},
		{"a: *b\n", "1:4: not valid YAML: a value that begins with *", "开头的值"},
		{"a: @b\n", "1:4: not valid YAML: a value that begins with @ must stand in quotes", "以 @ 开头"},
		{"a: %b\n", "1:4: not valid YAML: a value that begins with %", "以 % 开头"},
		{"a: !b c\n", "1:4: a value that begins with ! must stand in quotes", "1:4: 以 ! 开头"},
		{"%a\nb: c\n", "not valid YAML: a line can't begin with %", "行首不能是 %"},
		{"a: \"C:\\data\"\n", `1:7: not valid YAML: a \ within double quotes`, "1:7: 格式有误：双引号里的"},
		{"a: - b\n", "1:4: not valid YAML: an item of a list (- ) must begin a line of its own", "另起一行"},
		{"a:\n  -{b: c, d: e}\n", "2:4: not valid YAML: a space is missing after the dash", "2:4: 格式有误：短横（-）后面缺一个空格"},
		{"a:\n  -b: c\n   d: e\n", "2:4: not valid YAML: a space is missing after the dash", "短横"},
		{"a: 电话: 0731\n", "1:6: not valid YAML: a second colon in one line", "1:6: 格式有误：一行里有两个冒号"},
		{"a: b\n  c: d\n", "2:3: not valid YAML: this line is indented deeper", "2:3: 格式有误：这一行比上一行缩进更深"},
		{"x: y\na:\n  b: 1\n c: 2\n", "4:2: not valid YAML: this line is indented differently", "4:2: 格式有误：这一行的缩进与同级各行不一致"},
		{"a:\n    - b\n  - c\n", "3:3: not valid YAML: this line is indented differently", "缩进"},
		{"- a\nb: c\n", "2:1: not valid YAML: this line stands among items", "2:1: 格式有误：这一行夹在列表项之间"},
		{"a: b\n---\nc: d\n", "2:1: a second document (---)", "第二段"},
		{"a: x\nb: y\na: z\n", `3:1: key "a" stands twice; first on line 1`, `3:1: 键 "a" 重复，第1行已有`},
		{"a: {b: 1, c: 2, b: 3}\n", `1:17: key "b" stands twice`, "重复"},
		{"a: &x [*x]\n", "1:8: *x stands within what it repeats", "1:8: *x 引用了包含它自己的内容"},
		{"a: &x {b: {c: *x}}\n", "*x stands within what it repeats", "*x"},
		{"a: [b, {[c]: d}]\n", "1:9: what stands before a colon must be one word", "冒号前面只能是一个词"},
		{"\xef\xbb\xbfa: b\r\nc: \"d\r\n", "2:4: not valid YAML: the quote", "2:4: "},
		{"a: b\rc: \"d\r", "2:4: not valid YAML: the quote", "2:4: "},
		{"a: b\nc: \xb8\xdf\n", "2:4: the file is not UTF-8 here (GBK?)", "2:4: 文件从此处起不是 UTF-8 编码"},
		{"\xff\xfea\x00:\x00", "1:1: the file is UTF-16", "1:1: 文件是 UTF-16"},
		{"a: b\nc: d\x07\n", "2:5: a character that can't be seen (U+0007)", "2:5: 此处有看不见的控制字符"},
		{"a: “甲”\n", "1:4: a: the quotes around “甲” are not YAML's", "1:4: a：“甲” 两边是中文引号，会被当成内容的一部分；请去掉引号写成 甲"},
		{"a: [‘甲’, 乙]\n", "1:5: a: the quotes around ‘甲’", "中文引号"},
		{"a: ”甲”\n", "1:4: a: the quotes", "中文引号"},
		{"a: 「甲」\n", "1:4: a: the quotes", "中文引号"},
		{"a: “甲\"\n", "1:4: a: the quotes", "中文引号"},
		{"a:\n  - name: 甲\n    kind street\n", "3:5: not valid YAML: this line has no colon", "3:5: 格式有误：这一行缺冒号"},
		{"a:\n  - name: 甲\n      kind street\n", "2:11: name goes on in line 3", "2:11: name的内容延续到了第3行"},
		{strings.Repeat("[", 100), "not valid YAML: nested deeper than 64 levels", "嵌套超过64层"},
	} {
		english := told(t, c.text, English)
		if len(english) != 1 || !strings.HasPrefix(english[0], c.english) && (c.english[0] >= '0' && c.english[0] <= '9' || !strings.Contains(english[0], c.english)) {
			t.Errorf("%q\n  says %q\n  want %q", c.text, english, c.english)
		}
		if chinese := told(t, c.text, Chinese); len(chinese) != 1 || !strings.Contains(chinese[0], c.chinese) {
			t.Errorf("%q\n  says %q\n  want %q", c.text, chinese, c.chinese)
		}
	}
}

// TestNoFault: what YAML allows and people write is read.
func TestNoFault(t *testing.T) {
	for _, text := range []string{
		"", "\n\n", "# nothing\n", "\ufeff", "---\n", "\ufeffa: b\r\nc: d\r\n", "a:\tb\n", "a: b\n\t\nc: d\n", "a: b # c：d\n",
		"a: “一对一”联点\n", "a: \"“甲”\"\n", "a: “甲”、“乙”\n", "a: [甲, 乙,\n  丙]\n", "a: '甲\n  乙'\n", "a: |\n  “甲”\n  b：c\n", "a: 0731-1234567\n",
		"a: 联系人：张工 0731-1234567\n", "x: &n [1, 2]\ny: *n\nz: [*n, *n]\n", "a: {b: c}\n...\n", "a: 甲 # 乙\n", "{a: b, c: [d]}\n", "a:   甲   \n", "a: http://b/c\n",
	} {
		if got := told(t, text, English); got != nil {
			t.Errorf("%q says %q", text, got)
		}
	}
	for _, text := range []string{"", "\n", "# a\n", "---\n", "\ufeff\r\n", "~\n"} {
		if f := Read("f", []byte(text), Options{}); text != "~\n" && !f.Empty() {
			t.Errorf("%q is not empty: %v", text, f.Err())
		}
	}
}

// TestAllAtOnce: a fault of syntax hides neither another nor what is wrong
// elsewhere, and nobody is blamed for what can't be read.
func TestAllAtOnce(t *testing.T) {
	const text = `zone: "甲
code: b
code: c
units:
  - {name: 产业局}
  - {name: 财政局
	- {name: 税务局}
  - name：人社局
    kind: x
  - name: “民政局”
limits：
  rows: 1
targets: {a: 1, a: 2}
when: */5 * * * *
`
	got := told(t, text, English)
	var places []string
	for _, x := range got {
		places = append(places, x[:strings.Index(x, ": ")])
	}
	want := []string{"1:7", "3:1", "6:5", "8:9", "10:11", "11:7", "13:17", "14:7"}
	for _, p := range want {
		if !slices.Contains(places, p) {
			t.Errorf("nothing is said at %s", p)
		}
	}
	if len(got) > len(want)+1 { // the tab in line 7 may be told or not: the { in line 6 reaches it
		t.Errorf("%d faults:\n%s", len(got), strings.Join(got, "\n"))
	}
	f := Read("f", []byte(text), Options{})
	m := f.Root.Fields("zone", "code", "units", "limits", "targets", "when")
	if !m["zone"].Broken() || !m["limits"].Broken() || !m["when"].Broken() || m["units"].Len() != 4 {
		t.Errorf("what can't be read is not broken: %v", m)
	}
	if s, ok := m["zone"].Text(); s != "" || ok {
		t.Error("a broken node has a text")
	}
}

// TestTypes: the wrong kind of value is said in plain words; a broken or missing node says nothing.
func TestTypes(t *testing.T) {
	f := Read("f", []byte("text: [a]\nempty: ''\nnull_:\nlist: {a: b}\nmap: [x]\nbool: 是\nint: 1.5\nnumber: x\nword: stret\nwide: 名称：甲\n"), Options{Layman: true})
	m := f.Root.Fields("text", "empty", "null_", "list", "map", "bool", "int", "number", "word", "wide")
	m["text"].Text()
	m["empty"].Text()
	m["null_"].Text()
	m["list"].Items()
	m["map"].Fields("a")
	m["bool"].Bool()
	m["int"].Int(1, 9)
	m["number"].Number(0, 1)
	m["word"].OneOf("street", "department")
	m["wide"].Fields("名称")
	var none *Node
	none.Text()
	none.Items()
	none.Bool()
	none.As("x", "y").Int(0, 1)
	if err := f.Err(); err == nil || err.Error() != `f:1:7: text is a list, not one value
f:2:8: empty is empty
f:3:1: null_ is empty
f:4:7: list is a mapping, not a list
f:5:6: map is a list, not keys and values; known here: a
f:6:7: bool is "是", neither true nor false
f:7:6: int: "1.5" is not a whole number from 1 to 9
f:8:9: number: "x" is not a number from 0 to 1
f:9:7: word is one of street, department, not "stret"; did you mean "street"?
f:10:7: wide is "名称：甲", not keys and values; known here: 名称; it holds wide punctuation (：，｛｝［］): write : , { } [ ] and a space after : and ,` {
		t.Errorf("%v", err)
	}
	t.Setenv("LC_ALL", "zh_CN.UTF-8")
	if got := f.Err().Error(); !strings.HasPrefix(got, "f:1:7: text只能是一个值，这里是列表\nf:2:8: empty没有填写\n") || strings.Contains(got, "%!") {
		t.Error(got)
	}
}

func TestUnknownKeys(t *testing.T) {
	f := Read("f", []byte("submitter: 1\n“zone”: 甲\n　code: x\nsize: 3\n"), Options{})
	f.Root.Fields("submitters", "zone", "code")
	if err := f.Err(); err == nil || err.Error() != `f:1:1: unknown key "submitter"; did you mean "submitters"?
f:2:1: unknown key "“zone”"; write zone, without quotes or wide spaces
f:3:1: unknown key "\u3000code"; write code, without quotes or wide spaces
f:4:1: unknown key "size"; known here: submitters, zone, code` {
		t.Errorf("%v", err)
	}
}

// TestArchived: what was in force once is read again.
func TestArchived(t *testing.T) {
	f := Read("f", []byte("a: “甲”\nb: [甲，乙]\nc: !x d\n"), Options{Layman: true, Archived: true})
	visit(f.Root)
	m := f.Root.Fields("a", "b", "c")
	if len(m["b"].Names()) != 1 || f.Err() != nil {
		t.Error(f.Err())
	}
}

// TestNames: a wide comma parts no names, and would make one of two.
func TestNames(t *testing.T) {
	f := Read("f", []byte("a: [产业局，财政局, 税务局, \"甲，乙\"]\n"), Options{Layman: true})
	if got := f.Root.Fields("a")["a"].Names(); len(got) != 2 || f.Err() == nil || !strings.Contains(f.Err().Error(), `f:1:5: a: "产业局，财政局" has a wide comma`) {
		t.Errorf("%d, %v", len(got), f.Err())
	}
}

// hostile are texts made to be dear: each must be answered soon.
func hostile() map[string]string {
	var bomb strings.Builder
	bomb.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 40; i++ {
		fmt.Fprintf(&bomb, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i, i-1, i-1, i-1, i-1, i-1, i-1, i-1)
	}
	most := func(s string) string { return strings.Repeat(s, MaxBytes/len(s)) }
	keys := &strings.Builder{}
	for i := 0; keys.Len() < MaxBytes-20; i++ {
		fmt.Fprintf(keys, "k%d: 1\n", i)
	}
	return map[string]string{
		"aliases": bomb.String(), "too large": strings.Repeat("a", MaxBytes+1), "lists": most("["), "maps": most("{"), "dashes": most("- "), "mapped": most("a: "),
		"a long key": most("k"), "a long line": "a: " + most("b "), "keys": keys.String(), "quotes": "a: \"" + most("b\n"), "tabs": most("a:\n\tb\n"),
		"colons": most("a：b\n"), "anchors": most("&a "), "stars": most("*a\n"), "steps": steps(3000), "comments": most("# a\n"), "tags": most("!a "), "questions": most("? "),
		"many faults": most("- {a\n"), "blank": most("\n"), "pieces": "a:\n" + strings.Repeat("  - b: [\n", maxSalvage/2),
	}
}

// steps is a staircase of keys, one deeper a line, with a fault at its foot.
func steps(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%s- a:\n", strings.Repeat(" ", i*2))
	}
	return b.String() + "\t"
}

// TestHostile: no text, however made, keeps the reader busy or fills the screen.
func TestHostile(t *testing.T) {
	for name, text := range hostile() {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			f := Read("f", []byte(text), Options{Layman: true})
			if f.Root != nil {
				f.Root.Fields("a", "b")
			}
			err := f.Err()
			// A reader of quadratic cost takes minutes; this is no measure of speed.
			if took := time.Since(began); took > 30*time.Second {
				t.Errorf("took %v", took)
			}
			if err == nil && name != "comments" && name != "blank" && name != "a long line" {
				t.Error("accepted")
			}
			if err != nil && (strings.Count(err.Error(), "\n") > maxFaults || len(err.Error()) > 1000*maxFaults) {
				t.Errorf("%d bytes of faults", len(err.Error()))
			}
		})
	}
}

// TestScalar: what is written is read back, whatever it is.
func TestScalar(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	words := []string{"甲", "a", " ", ":", "#", "'", `"`, "“", "”", "- ", "[", "]", "{", "}", ",", "\n", "\\", "!", "&", "*", "~", "true", "123", "0x1", "\t", "%", "@", "|", ">", "?", "null", "2022-01-01", "é", "　"}
	texts := []string{"", "~", "null", "yes", "1.0", "a: b #c", `"quoted"`, "“示范区”", "two\nlines", "- a", "'", "a ", " a"}
	for range 2000 {
		s := ""
		for range 1 + r.IntN(5) {
			s += words[r.IntN(len(words))]
		}
		texts = append(texts, s)
	}
	for _, s := range texts {
		line := Scalar(s)
		f := Read("f", []byte("k: "+line+"\nl: ["+line+"]\n"+line+": x\n"), Options{Layman: true})
		if f.Root == nil || f.Err() != nil {
			t.Errorf("%q is written %s: %v", s, line, f.Err())
			continue
		}
		entries, _ := f.Root.Entries(nil)
		if s == "k" || s == "l" {
			continue
		}
		items, _ := entries[1].Value.Items()
		a, _ := entries[0].Value.Raw()
		b, _ := items[0].Raw()
		if a != s || b != s || entries[2].Key.Value() != s || strings.TrimSpace(s) != "" && !told3(entries[0].Value) {
			t.Errorf("%q is written %s and read %q, %q", s, line, a, b)
		}
	}
}

// told3 says that a value is taken as it is meant.
func told3(n *Node) bool { _, ok := n.Text(); return ok }

func FuzzRead(f *testing.F) {
	for _, s := range []string{"", "a: b", "a:\n\t- b", "a: [b, {c: d}]", "a: &x [*x]", "\ufeffa: |\n  b\n", "a: \"b\nc: 'd\n", "- a: b\n  c：d\n- e", "a: {b: “c”，d: e}\n", "%YAML 1.2\n---\na: !!str b\n", "? a\n: b\n", "a: b\n---\nc"} {
		f.Add(s)
	}
	for name, s := range hostile() {
		if name != "too large" {
			f.Add(s[:min(len(s), 2000)])
		}
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, o := range []Options{{}, {Layman: true}, {Archived: true}} {
			d := Read("f", []byte(s), o)
			if d.Root != nil {
				d.Root.Fields("a", "b")
				visitBounded(d.Root, new(int))
			}
			lines := 1 + strings.Count(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"), "\n")
			for _, x := range d.faults {
				if x.Line < 1 || x.Line > lines+1 || x.Column < 1 || strings.Contains(x.Says.English+x.Says.Chinese, "%!") && !strings.Contains(s, "%") {
					t.Errorf("%q: %v of %d lines", s, x, lines)
				}
			}
			if err := d.Err(); (err == nil) != (len(d.faults) == 0) {
				t.Errorf("%q: %v", s, err)
			}
		}
	})
}

// visitBounded reads all values, aliases too, as far as the limit lets through.
func visitBounded(n *Node, count *int) {
	if *count++; *count > MaxNodes {
		panic("more values than allowed")
	}
	entries, _ := n.Entries(nil)
	for _, e := range entries {
		visitBounded(e.Key, count)
		visitBounded(e.Value, count)
	}
	if n.IsList() {
		items, _ := n.Items()
		for _, c := range items {
			visitBounded(c, count)
		}
	}
	n.Inside(len(n.Value()) / 2)
}

// TestNothing: what isn't there has no text.
func TestNothing(t *testing.T) {
	f := Read("f", []byte("a: {b: c}\n"), Options{})
	if n := f.Root.Fields("a", "b")["b"]; n.Value() != "" {
		t.Errorf("a key that isn't there says %q", n.Value())
	}
	if n := f.Root.Fields("a")["a"]; n.Value() != "" {
		t.Errorf("a mapping says %q", n.Value())
	}
}

// TestInside: a fault within a text is told where it stands in the file, however the text is quoted.
func TestInside(t *testing.T) {
	f := Read("f", []byte("plain: 甲乙丙\nsingle: '甲乙丙'\ndouble: \"甲乙丙\"\nblock: |\n  甲\n  乙丙\n"), Options{})
	m := f.Root.Fields("plain", "single", "double", "block")
	for _, at := range []struct {
		name         string
		offset       int
		line, column int
	}{
		{"plain", 0, 1, 8}, {"plain", 3, 1, 9}, {"single", 3, 2, 11}, {"double", 3, 3, 11}, {"block", 7, 6, 4},
	} {
		if p := m[at.name].Inside(at.offset); p.Line != at.line || p.Column != at.column {
			t.Errorf("byte %d of %s stands at %d:%d, want %d:%d", at.offset, at.name, p.Line, p.Column, at.line, at.column)
		}
	}
}
