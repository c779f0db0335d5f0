package onepage

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"
	"unicode/utf8"
)

//go:embed page.html
var pageText string

//go:embed page.css
var pageStyle string

var pageTemplate = sync.OnceValue(func() *template.Template { return template.Must(template.New("page").Parse(pageText)) })

// drawn is a chart with its picture.
type drawn struct {
	Title string
	SVG   template.HTML
}

// Write writes the page as one HTML file.
func (p Page) Write(w io.Writer) error {
	view := struct {
		Page
		Style  template.CSS
		Charts []drawn
		Facts  []string // the parts of the subtitle
		Beside bool     // an odd last chart leaves room for the sentences beside it
		Dense  bool     // more than a sheet holds at the usual size
	}{Page: p.valid(), Style: template.CSS(strings.ReplaceAll(pageStyle, "FONTS", fontFamily))}
	for _, fact := range strings.Split(view.Subtitle, "\u3000") {
		if fact = strings.TrimSpace(fact); fact != "" {
			view.Facts = append(view.Facts, fact)
		}
	}
	for _, c := range p.Charts {
		svg, err := c.svg()
		if err != nil {
			return fmt.Errorf("write page %q: %w", p.Title, err)
		}
		view.Charts = append(view.Charts, drawn{valid(c.Title), svg})
	}
	view.Beside = len(p.Charts)%2 == 1
	view.Dense = len(p.Cards) > 12 || len(p.Charts) > 4 || linesOf(p.Lead.Sentences) > 6 || len(p.Sentences) > 4
	if err := pageTemplate().Execute(w, view); err != nil {
		return fmt.Errorf("write page %q: %w", p.Title, err)
	}
	return nil
}

// linesOf is how many lines sentences take on a sheet of paper.
func linesOf(list []Sentence) (lines int) {
	const wide = 55 // characters of a line
	for _, s := range list {
		lines += (utf8.RuneCountInString(s.Text) + wide - 1) / wide
	}
	return lines
}

// valid drops what an HTML file cannot hold.
func valid(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\n' && r != '\t' || r == 0x7f || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

func (p Page) valid() Page {
	for _, s := range []*string{&p.Title, &p.Subtitle, &p.Coverage, &p.Lead.Heading, &p.Heading, &p.Box, &p.Code, &p.Footer} {
		*s = valid(*s)
	}
	cards := make([]Card, len(p.Cards))
	for i, c := range p.Cards {
		for _, s := range []*string{&c.Label, &c.Value, &c.Unit, &c.Detail, &c.Last, &c.Change, &c.Target} {
			*s = valid(*s)
		}
		c.Light = Light(valid(string(c.Light)))
		cards[i] = c
	}
	sentences := make([]string, len(p.Sentences))
	for i, s := range p.Sentences {
		sentences[i] = valid(s)
	}
	lead := make([]Sentence, len(p.Lead.Sentences))
	for i, s := range p.Lead.Sentences {
		lead[i] = Sentence{valid(s.Text), Light(valid(string(s.Light)))}
	}
	p.Cards, p.Sentences, p.Lead.Sentences = cards, sentences, lead
	if p.Table != nil {
		p.Table = p.Table.valid()
	}
	return p
}

func (t *Table) valid() *Table {
	out := &Table{Note: valid(t.Note)}
	for _, c := range t.Columns {
		out.Columns = append(out.Columns, Column{valid(c.Name), c.Numbers})
	}
	for _, r := range t.Rows {
		row := make([]string, len(r))
		for i, x := range r {
			row[i] = valid(x)
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// Class is the CSS class of the light.
func (l Light) Class() string {
	switch l {
	case Red:
		return "red"
	case Amber:
		return "amber"
	case Green:
		return "green"
	}
	return "none"
}

// Class is the CSS class of the tone.
func (t Tone) Class() string {
	switch t {
	case Better:
		return "better"
	case Worse:
		return "worse"
	}
	return "same"
}
