package rowkind

import (
	"strings"
	"unicode/utf8"

	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// IsExample says whether a row's first text marks it as an example.
func IsExample(text string) bool {
	if text = strings.TrimLeft(text, " \u3000"); !exampleBegins.Begin(text) || len(text) > 300 {
		return false
	}
	return exampleMark().MatchString(spelling.Squash(text))
}

// exampleBegins are the letters of which one begins every mark of an example.
var exampleBegins = written.NewLetters("示样范填例(（【")

// showsHow says whether a row that is filled like data is an example all the same: a template's own, as it was handed out, or
// one of what is made up (示例 | 某某公司). With values of its own it is data, whatever its mark stands beside or in the place of,
// and is marked, to be asked about.
func (s *Seen) showsHow() bool {
	if s.asHandedOut() {
		return true
	}
	if s.first == nil || !IsExample(s.first.Text) {
		return false
	}
	for _, p := range s.At {
		if p.Col > 0 && p.Field.Required && madeUp().MatchString(s.behindMark(sight.CellIn(s.Row, p.Col), s.first)) {
			return true
		}
	}
	s.Marked = s.first
	return false
}

// isExample says whether a row is an example; one of a template that was partly typed over is marked, to be asked about.
func (s *Seen) isExample() bool {
	if s.asHandedOut() {
		return true
	}
	if !s.shown && (s.first == nil || spelling.IsASCII(s.word) || !heading.ExampleWord().MatchString(s.word)) {
		return false
	}
	for _, p := range s.At {
		switch c := sight.CellIn(s.Row, p.Col); sight.TextOf(c) {
		case heading.ExampleText(forms.Text), heading.ExampleText(forms.USCC):
			s.Marked = s.first
		}
	}
	return true
}

// asHandedOut says whether the row is the example that taizhang's own templates carry, with nothing typed over: what its columns
// hold is what stands in every template. Lists, units and dates, which differ from one to the next, must only be such.
func (s *Seen) asHandedOut() bool {
	var mark *sheet.Cell
	for i := range s.Row.Cells {
		if c := &s.Row.Cells[i]; c.Kind == sheet.Text && IsExample(c.Text) {
			mark = c
			break
		}
	}
	if mark == nil {
		return false
	}
	same := 0
	for _, p := range s.At {
		if p.Col == 0 {
			continue
		}
		text := s.behindMark(sight.CellIn(s.Row, p.Col), mark)
		switch want := spelling.Squash(heading.ExampleText(p.Field.Type)); {
		case text == "":
		case want != "" && text == want, p.Field.Type == forms.Percent && text == heading.ExampleWhole:
			same++
		case want != "":
			return false
		case p.Field.Type == forms.List:
			if _, ok := s.Vocab.Lists[p.Field][written.Heading(text)]; !ok {
				return false
			}
		}
	}
	return same > 0
}

// behindMark is what a cell says, without the mark of an example in front of it.
func (s *Seen) behindMark(c, mark *sheet.Cell) string {
	word := spelling.Squash(sight.TextOf(c))
	if c != nil && c.Col == mark.Col {
		return exampleMark().ReplaceAllString(word, "")
	}
	return word
}

// CutMark parts the mark of an example from the value behind it: 示例： and 湖南丙机械有限公司.
func CutMark(text string) (mark, value string) {
	for i, r := range text {
		if strings.ContainsRune(":：)）】", r) {
			i += utf8.RuneLen(r)
			if !exampleMark().MatchString(spelling.Squash(text[:i])) {
				break
			}
			return written.Tidy(text[:i]), written.Tidy(text[i:])
		}
	}
	return written.Tidy(text), ""
}
