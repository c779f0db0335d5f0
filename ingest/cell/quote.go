package cell

import (
	"regexp"
	"strings"
	"sync"
	"unicode"

	"taizhang/ingest/forms"
	"taizhang/ingest/secret"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
)

// Hiding is a sensitive value as written, and the mask that stands for it.
type Hiding struct{ value, mask string }

// Secrets are the sensitive values of a line, to be hidden wherever else they stand in it.
func (t *Typer) Secrets(cells []sheet.Cell) []Hiding {
	if !t.Private {
		return nil
	}
	var out []Hiding
	for k := range t.Form.Columns {
		c := &t.Form.Columns[k]
		if !c.Type.Sensitive() {
			continue
		}
		if v := written.Plain(cells[k].Text); len([]rune(v)) >= 2 && !Dashes[strings.ToLower(v)] {
			m := secret.Mask(c.Type, strings.ReplaceAll(v, " ", ""))
			out = append(out, Hiding{v, m})
			if s := strings.ReplaceAll(v, " ", ""); s != v {
				out = append(out, Hiding{s, m})
			}
		}
	}
	return out
}

// hidden masks what a text says of the sensitive values of its line and of the others, and identity and mobile numbers.
func (t *Typer) hidden(s string) string {
	return secret.MaskText(HideAll(t.Known.Hide(s), t.Hide))
}

// Quote is a text as findings may quote it. In a form that holds sensitive values anything may stand in the wrong
// column: there only numbers, dates and names of units are quoted, of the rest the first character.
func (t *Typer) Quote(s string, n int) string {
	s = written.Short(t.hidden(written.Tidy(s)), n)
	if !t.Private || s == "" {
		return s
	}
	if _, _, isNumber := quotable(s); isNumber {
		return s
	}
	if t.Register != nil {
		if _, ok := t.Register.Match(s); ok {
			return s
		}
	}
	return string([]rune(s)[:1]) + "***"
}

// quotable reads a short number, a code or a date: none of them names anybody.
func quotable(s string) (written.Decimal, written.Wrote, bool) {
	num, _, _ := written.MoneyText(s)
	if d, err := written.ParseDecimal(num); err == nil && len(num) < 12 {
		return d, written.Wrote{}, true
	}
	if plainCode().MatchString(s) && !longRun().MatchString(s) {
		return written.Decimal{}, written.Wrote{}, true
	}
	w, ok := written.ParseWritten(s)
	return written.Decimal{}, w, ok
}

var (
	plainCode = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z]{0,4}[-_/]?\d[-_/A-Za-z\d]{0,15}$`) })
	longRun   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\d{7}`) })
)

// Shown is a cell's text as findings may quote it; doubtful where it may stand in the wrong column.
func (t *Typer) Shown(c *sheet.Cell, col *forms.Column, doubtful bool) string {
	s := written.DateText(*c)
	if shown, ok := c.ShownText(); ok && (col.Type == forms.Text || col.Type == forms.Code) {
		s = shown
	} else if shown, ok := c.PaddedText(); ok && col.Type == forms.Code {
		s = shown
	}
	if col.Type.Sensitive() {
		return secret.Mask(col.Type, strings.ReplaceAll(written.Plain(s), " ", ""))
	}
	if c.Kind == sheet.Number && len(s) > 15 && !strings.Contains(s, ".") { // its last digits are lost, and with them the check character
		return secret.Mask(forms.ID, s)
	}
	if doubtful {
		return t.Quote(s, 60)
	}
	return written.Short(t.hidden(s), 60)
}

// Value is the sensitive text.
func (h Hiding) Value() string { return h.value }

// Mask is what stands for it.
func (h Hiding) Mask() string { return h.mask }

// Spellings are the ways in which the value is written elsewhere: with brackets of either width.
func (h Hiding) Spellings() []Hiding {
	out := []Hiding{h}
	for _, width := range []*strings.Replacer{narrowBrackets, wideBrackets} {
		if s := width.Replace(h.value); s != h.value {
			out = append(out, Hiding{s, h.mask})
		}
	}
	return out
}

var (
	narrowBrackets = strings.NewReplacer("（", "(", "）", ")")
	wideBrackets   = strings.NewReplacer("(", "（", ")", "）")
)

// Telling says whether the value tells somebody apart wherever it stands: a name, or a number of some length. 12 in a
// column of telephone numbers is a slip, and no reason to hide every 12.
func (h Hiding) Telling() bool {
	return strings.ContainsFunc(h.value, func(r rune) bool { return unicode.Is(unicode.Han, r) }) || len(h.value) >= 7
}

// HideAll puts their masks in the place of sensitive values.
func HideAll(s string, values []Hiding) string {
	for _, h := range values {
		s = strings.ReplaceAll(s, h.value, h.mask)
		if strings.Contains(s, "…") { // a quotation that was cut within the value
			for r := []rune(h.value); len(r) > 2; {
				r = r[:len(r)-1]
				s = strings.ReplaceAll(s, string(r)+"…", h.mask+"…")
			}
		}
	}
	return s
}
