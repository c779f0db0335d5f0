package decl

import (
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"
)

// spot is what a fault of syntax is judged by.
type spot struct {
	*syntax
	f     *File
	lines []string // that were parsed
	first int
}

// at is a line by its number in the file, "" outside of what was parsed.
func (s spot) at(number int) string {
	if i := number - 1 - s.first; i >= 0 && i < len(s.lines) {
		return s.lines[i]
	}
	return ""
}

// char is the character at the parser's mark.
func (s spot) char() rune {
	r := []rune(s.at(s.line))
	if s.column > len(r) {
		return 0
	}
	return r[s.column-1]
}

// before is what stands left of the mark.
func (s spot) before() string {
	r := []rune(s.at(s.line))
	return string(r[:min(s.column-1, len(r))])
}

// ended says that the text ended before what had begun.
func (s spot) ended() bool {
	for i := s.line; i <= s.first+len(s.lines); i++ {
		rest := s.at(i)
		if i == s.line {
			rest = rest[min(len(s.before()), len(rest)):]
		}
		if !silent(rest) {
			return false
		}
	}
	return true
}

// said is one finding about a spot: where to mend, and how.
type said struct {
	line, column int
	Text
}

// trouble is one kind of faulty text: it looks at a spot and, where it knows
// the kind, says so in plain words.
type trouble struct {
	example string
	look    func(s spot) (said, bool)
}

var uneven = Say("this line is indented differently from the lines it stands among", "这一行的缩进与同级各行不一致，请对齐")

// troubles in the order in which they are tried: what people do first, then what the parser says.
var troubles = []trouble{
	{"\tname: 产业局", tabbed},
	{"　name: 产业局", wideIndent},
	{"zone：示范区", colonOf(wideColon, Say("a wide colon (：); write a colon and a space (: )", "冒号是全角的（：），请改用半角冒号加空格（: ）"))},
	{"zone:　示范区", colonOf(wideSpace, Say("a wide space after the colon; write an ordinary one", "冒号后面是全角空格，请改用半角空格"))},
	{"zone:示范区", colonOf(tightColon, Say("a space is missing after the colon", "冒号后面缺一个空格"))},
	{`zone: "示范区`, unclosedQuote},
	{"from: [产业局，财政局", wideComma},
	{"from: [产业局, 财政局", unclosedBracket},
	{"from: 产业局]", strayBracket},
	{"from: [产业局,, 财政局]", saysAt("did not find expected node content", "flow", Say("a comma too many, or a value is missing before it", "多了一个逗号，或逗号前缺内容"))},
	{"{code: cyj name: 产业局}", saysAt("did not find expected ',' or", "", Say("a comma is missing before here", "此处之前缺一个逗号"))},
	{"intake: */5 * * * *", starred},
	{`path: "C:\data"`, escaped},
	{"zone: @示范区", special},
	{"from: - 产业局", saysAt("block sequence entries are not allowed", "", Say("an item of a list (- ) must begin a line of its own", "列表项（- ）要另起一行"))},
	{"-{code: cyj}", tightDash},
	{"contact: 电话: 0731", twoColons},
	{"zone: 示范区\n  code: x", deeper},
	{"zone", saysFrom("could not find expected ':'", Say("this line has no colon; write key: value", "这一行缺冒号，应写成“键: 值”"))},
	{`zone: "示范区" x`, trailing},
	{"- a\nb: c", saysAt("did not find expected '-' indicator", "", Say("this line stands among items of a list, which begin with - ; indent it like the lines it belongs to", "这一行夹在列表项之间却不以“- ”开头，请检查缩进"))},
	{"a:\n  b: 1\n c: 2", saysAt("did not find expected key", "", uneven)},
	{"  a: 1\n b: 2", saysAt("did not find expected <document start>", "", uneven)},
	{"zone: !示范区", saysAt("", "scanning a tag", Say("a value that begins with ! must stand in quotes", "以 ! 开头的值要用英文引号括起来"))},
	{"zone: !a!b x", saysAt("undefined tag handle", "", Say("a value that begins with ! must stand in quotes", "以 ! 开头的值要用英文引号括起来"))},
	{"%zone", saysAt("", "directive", Say("a line can't begin with %", "行首不能是 %"))},
	{"[[[[…", saysAt("exceeded max depth", "", Say("nested deeper than %d levels", "嵌套超过%d层", MaxDepth))},
	{"text: |0", saysAt("", "block scalar", Say("what follows | or > is wrong: the text begins on the next line, indented with spaces", "| 或 > 后面的写法有误：文字从下一行开始，用空格缩进"))},
}

// explain reports a fault of syntax in plain words.
func (f *File) explain(err *syntax, lines []string, first int) {
	s := spot{err, f, lines, first}
	for _, t := range troubles {
		found, ok := t.look(s)
		if !ok {
			continue
		}
		f.invalid(found.line, found.column, found.Text)
		if t.example[0] == '\t' { // every line of the piece is to be mended
			for i, l := range lines {
				if c := tabColumn(l); c > 0 && !silent(l) {
					f.invalid(first+i+1, c, found.Text)
				}
			}
		}
		return
	}
	f.invalid(err.line, err.column, Say("%s; check indentation, quotes and the space after each colon", "%s，请检查缩进、引号和冒号后的空格", Text{English: err.says, Chinese: "此处的写法读不懂"}))
}

func (f *File) invalid(line, column int, t Text) {
	f.report(Pos{f.name, line, column}, Say("not valid YAML: %s", "格式有误：%s", t))
}

// tabColumn is the column of the first tab in a line's indentation, 0 without.
func tabColumn(line string) int {
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	return strings.IndexByte(indent, '\t') + 1
}

func tabbed(s spot) (said, bool) {
	tab := strings.Contains(s.says, "tab character") || strings.Contains(s.says, "spaces and tabs") || s.char() == '\t' && strings.Contains(s.says, "cannot start any token")
	if !tab {
		return said{}, false
	}
	column := tabColumn(s.at(s.line))
	if column == 0 {
		column = s.column
	}
	return said{s.line, column, Say("a tab; indent with spaces", "不能用制表符（Tab）缩进，请改用空格")}, true
}

var wideBlank = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[ \t]*[\x{3000}\x{00a0}]`) })

func wideIndent(s spot) (said, bool) {
	for _, number := range []int{s.from, s.line, s.line - 1} {
		if line := s.at(number); wideBlank().MatchString(line) {
			column := utf8.RuneCountInString(wideBlank().FindString(line))
			return said{number, column, Say("a wide space; indent with ordinary spaces", "缩进中有全角空格，请改用半角空格")}, true
		}
	}
	return said{}, false
}

// Lines whose colon is none for YAML: what stands before the wrong place.
var (
	wideColon = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\s*(?:- +)?[{]?[\pL\pN_ “”"'-]+：`) })
	wideSpace = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^\s*(?:- +)?[{]?[\pL\pN_ “”"'-]+:[\x{3000}\x{00a0}]`)
	})
	tightColon = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\s*(?:- +)?[{]?[\pL\pN_“”"'-]+:[^\s/]`) })
	goodColon  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`:(?:\s|$)`) })
)

// colonOf looks for a wrong colon where the parser misses a right one: in the
// line that it was reading, and in the one before.
func colonOf(pattern func() *regexp.Regexp, t Text) func(spot) (said, bool) {
	return func(s spot) (said, bool) {
		if !strings.Contains(s.says, "expected ':'") && !strings.Contains(s.says, "mapping values are not allowed") {
			return said{}, false
		}
		for _, number := range []int{s.from, s.line, s.above()} {
			line := s.at(number)
			m := pattern().FindString(line)
			if m == "" || goodColon().MatchString(m) || goodColon().MatchString(line) && number != s.line {
				continue
			}
			return said{number, utf8.RuneCountInString(m), t}, true
		}
		return said{}, false
	}
}

// above is the number of the last line with content before the mark's.
func (s spot) above() int {
	for n := s.line - 1; n > s.first; n-- {
		if !silent(s.at(n)) {
			return n
		}
	}
	return 0
}

func unclosedQuote(s spot) (said, bool) {
	if !strings.Contains(s.during, "quoted scalar") || !strings.Contains(s.says, "unexpected") {
		return said{}, false
	}
	return said{s.from, s.fromColumn, Say("the quote that opens here is not closed", "此处的引号没有配对的结束引号")}, true
}

// open is the innermost bracket that is not closed before a place.
func (s spot) open() (line, column int, bracket rune) {
	type place struct {
		line, column int
		bracket      rune
	}
	var stack []place
	var quote rune
	for i, l := range s.lines {
		number := s.first + i + 1
		if number > s.line {
			break
		}
		last := ' '
		for j, r := range []rune(l) {
			if number == s.line && j+1 >= s.column {
				break
			}
			switch {
			case quote != 0:
				if r == quote && (quote == '\'' || last != '\\') {
					quote = 0
				}
			case (r == '"' || r == '\'') && strings.ContainsRune(" [{,:", last):
				quote = r
			case r == '#' && last == ' ':
				r = 0
			case r == '[' || r == '{':
				if len(stack) > 0 || strings.ContainsRune(" [{,:", last) {
					stack = append(stack, place{number, j + 1, r})
				}
			case (r == ']' || r == '}') && len(stack) > 0:
				stack = stack[:len(stack)-1]
			}
			if r == 0 {
				break
			}
			last = r
		}
	}
	if len(stack) == 0 {
		return 0, 0, 0
	}
	p := stack[len(stack)-1]
	return p.line, p.column, p.bracket
}

func wideComma(s spot) (said, bool) {
	if !strings.Contains(s.during, "flow") {
		return said{}, false
	}
	from := max(s.from, s.first+1)
	for number := from; number <= s.line; number++ {
		if i := strings.Index(s.at(number), "，"); i >= 0 && strings.Contains(s.says, "expected ','") {
			return said{number, utf8.RuneCountInString(s.at(number)[:i]) + 1, Say("a wide comma (，); write a comma and a space", "逗号是全角的（，），请改用半角逗号加空格")}, true
		}
	}
	return said{}, false
}

func unclosedBracket(s spot) (said, bool) {
	if !strings.Contains(s.during, "flow") {
		return said{}, false
	}
	line, column, bracket := s.open()
	shut := map[rune]string{'[': "]", '{': "}"}[bracket]
	other := (s.char() == ']' || s.char() == '}') && string(s.char()) != shut
	if bracket == 0 || line == s.line && !s.ended() && !other {
		return said{}, false
	}
	return said{line, column, Say("the %c that opens here is not closed by %s, or a comma is missing", "此处的 %c 没有配对的 %s，或其中缺逗号", bracket, shut)}, true
}

func strayBracket(s spot) (said, bool) {
	if c := s.char(); c != ']' && c != '}' || strings.Contains(s.during, "flow") && !strings.Contains(s.says, "expected ',' or") {
		return said{}, false
	}
	return said{s.line, s.column, Say("a %c without the bracket that it closes", "多了一个 %c，前面没有配对的括号", s.char())}, true
}

var star = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?:^|[\s\[{,])([*&])`) })

func starred(s spot) (said, bool) {
	if !strings.Contains(s.during, "alias") && !strings.Contains(s.during, "anchor") && !strings.Contains(s.says, "anchor") {
		return said{}, false
	}
	column := s.column
	if m := star().FindStringSubmatchIndex(s.at(s.line)); m != nil {
		column = utf8.RuneCountInString(s.at(s.line)[:m[2]]) + 1
	}
	return said{s.line, column, Say(`a value that begins with * or & must stand in quotes, such as "*/5 * * * *"`, `以 * 或 & 开头的值要用英文引号括起来，如 "*/5 * * * *"`)}, true
}

func escaped(s spot) (said, bool) {
	if !strings.Contains(s.says, "escape") && !strings.Contains(s.says, "hexadecimal") {
		return said{}, false
	}
	return said{s.line, s.column, Say(`a \ within double quotes; write \\, or use single quotes`, `双引号里的 \ 有特殊含义，请写成 \\，或改用单引号`)}, true
}

func special(s spot) (said, bool) {
	if !strings.Contains(s.says, "cannot start any token") {
		return said{}, false
	}
	return said{s.line, s.column, Say("a value that begins with %c must stand in quotes", "以 %c 开头的值要用英文引号括起来", s.char())}, true
}

// tightDash: the dash of an item is one only with a space behind it.
func tightDash(s spot) (said, bool) {
	for _, number := range []int{s.line, s.above()} {
		line := s.at(number)
		rest := strings.TrimLeft(line, " ")
		if len(rest) > 1 && rest[0] == '-' && !strings.ContainsRune(" -", rune(rest[1])) && (rest[1] < '0' || rest[1] > '9') {
			return said{number, len(line) - len(rest) + 2, Say("a space is missing after the dash (-)", "短横（-）后面缺一个空格")}, true
		}
	}
	return said{}, false
}

func twoColons(s spot) (said, bool) {
	if !strings.Contains(s.says, "mapping values are not allowed") || !goodColon().MatchString(s.before()) {
		return said{}, false
	}
	return said{s.line, s.column, Say("a second colon in one line; put the value in quotes if the colon belongs to it", "一行里有两个冒号；冒号属于内容时，请把整个值用英文引号括起来")}, true
}

func deeper(s spot) (said, bool) {
	if !strings.Contains(s.says, "mapping values are not allowed") {
		return said{}, false
	}
	line := s.at(s.line)
	indent := len(line) - len(strings.TrimLeft(line, " "))
	return said{s.line, indent + 1, Say("this line is indented deeper than the one above, which has a value already, or that line lacks its colon", "这一行比上一行缩进更深，而上一行已有内容，或上一行缺冒号；请对齐")}, true
}

// trailing: something stands in a line after its value has ended.
func trailing(s spot) (said, bool) {
	if !strings.Contains(s.says, "did not find expected key") || strings.TrimSpace(s.before()) == "" {
		return said{}, false
	}
	return said{s.line, s.column, Say("the value has ended before here; what follows belongs into its quotes or into the next line", "值到此处之前已经结束；后面的内容应放进引号里，或另起一行")}, true
}

// saysAt knows a fault by the parser's own words, and takes its mark.
func saysAt(says, during string, t Text) func(spot) (said, bool) {
	return func(s spot) (said, bool) {
		return said{s.line, s.column, t}, strings.Contains(s.says, says) && strings.Contains(s.during, during)
	}
}

// saysFrom is saysAt at the place where the parser began.
func saysFrom(says string, t Text) func(spot) (said, bool) {
	return func(s spot) (said, bool) {
		line := s.at(s.from)
		return said{s.from, len(line) - len(strings.TrimLeft(line, " ")) + 1, t}, strings.Contains(s.says, says) && s.from > 0
	}
}
