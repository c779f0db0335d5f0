package ingest

import (
	"archive/zip"
	"bytes"
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"

	"taizhang/ingest/sheet"
)

// A case writes workbooks as text, one line per row, cells between bars:
//
//	== 七月            a sheet; "== 七月 (hidden)" a hidden one
//	问题编号 | 12.5     text, and what looks like a number as a number
//	'012 | @2022-07-05  a text of digits; a date
//	0.85{0%}            a number in a number format, also after @…
//	5{white:0.0}        written in white; {white:} in no format
//	=A1+B1 -> 3         a formula with its stored result; without "->": none is stored
//	#REF!               an error value
//	< and ^             merged with the cell to the left, above
//	<30                 merged with the cell to the left, and its own value kept under it
//	\n                  a line break within a cell
//	(hidden) …          a hidden row
//	(hidden column) D   a line that is no row: the column is hidden
//	(struck) …          a row with a line through all of its cells
//	~~30~~40            a text, a part of which is struck through
//	停电 [[已联系]]      a cell with a comment on it
//	"~" alone           a cell of white space; an empty line is an empty row
type textBook struct{ sheets []textSheet }

type textSheet struct {
	name   string
	hidden bool
	unseen []int // hidden columns, from 1
	rows   []textRow
	merged []sheet.Range
}

type textRow struct {
	hidden bool
	struck bool
	cells  []string
}

func parseBook(text string) textBook {
	var b textBook
	for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		if name, ok := strings.CutPrefix(line, "== "); ok {
			s := textSheet{name: strings.TrimSpace(name)}
			s.name, s.hidden = strings.CutSuffix(s.name, " (hidden)")
			b.sheets = append(b.sheets, s)
			continue
		}
		if len(b.sheets) == 0 {
			b.sheets = append(b.sheets, textSheet{name: "Sheet1"})
		}
		s := &b.sheets[len(b.sheets)-1]
		if col, ok := strings.CutPrefix(line, "(hidden column) "); ok {
			s.unseen = append(s.unseen, int(col[0]-'A')+1)
			continue
		}
		var r textRow
		line, r.hidden = strings.CutPrefix(line, "(hidden) ")
		line, r.struck = strings.CutPrefix(line, "(struck) ")
		if strings.TrimSpace(line) != "" {
			for _, c := range strings.Split(line, "|") {
				r.cells = append(r.cells, strings.TrimSpace(c))
			}
		}
		s.rows = append(s.rows, r)
	}
	for i := range b.sheets {
		b.sheets[i].mergeCells()
	}
	return b
}

// mergeCells turns < and ^ into merged ranges.
func (s *textSheet) mergeCells() {
	type at struct{ r, c int }
	anchor := map[at]at{}
	box := map[at]*sheet.Range{}
	var order []at
	for r := range s.rows {
		for c, text := range s.rows[r].cells {
			here, from := at{r, c}, at{}
			kept := ""
			switch {
			case text == "<":
				from = at{r, c - 1}
			case keptUnder.MatchString(text):
				from, kept = at{r, c - 1}, text[1:]
			case text == "^":
				from = at{r - 1, c}
			default:
				continue
			}
			if a, ok := anchor[from]; ok {
				from = a
			}
			anchor[here] = from
			m := box[from]
			if m == nil {
				m = &sheet.Range{Top: from.r + 1, Left: from.c + 1}
				box[from] = m
				order = append(order, from)
			}
			m.Bottom, m.Right = max(m.Bottom, r+1, m.Top), max(m.Right, c+1, m.Left)
			s.rows[r].cells[c] = kept
		}
	}
	for _, a := range order {
		s.merged = append(s.merged, *box[a])
	}
}

var keptUnder = regexp.MustCompile(`^<\d+$`)

// styleOf is a cell's style; struckMark ends the name of one whose font is struck through.
var styleOf = regexp.MustCompile(` s="\d+"`)

const struckMark = "\x00struck"

var plainNumber = regexp.MustCompile(`^-?(0|[1-9]\d*|0?\.\d+|(0|[1-9]\d*)\.\d+)$`)

// xlsx writes the book as a workbook that Excel would open.
func (b textBook) xlsx() []byte {
	formats := []string{"", "yyyy-mm-dd"}
	style := func(code string) int {
		for i, f := range formats {
			if f == code {
				return i
			}
		}
		formats = append(formats, code)
		return len(formats) - 1
	}
	type member struct{ name, body string }
	var parts []member
	var list, rels strings.Builder
	for i, s := range b.sheets {
		state := ""
		if s.hidden {
			state = ` state="hidden"`
		}
		fmt.Fprintf(&list, `<sheet name="%s" sheetId="%d"%s r:id="rId%d"/>`, html.EscapeString(s.name), i+1, state, i+1)
		fmt.Fprintf(&rels, `<Relationship Id="rId%d" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, i+1)
		var x, comments strings.Builder
		x.WriteString(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`)
		for _, col := range s.unseen {
			fmt.Fprintf(&x, `<cols><col min="%d" max="%d" hidden="1"/></cols>`, col, col)
		}
		x.WriteString(`<sheetData>`)
		for r, row := range s.rows {
			if len(row.cells) == 0 {
				continue
			}
			hidden := ""
			if row.hidden {
				hidden = ` hidden="1"`
			}
			fmt.Fprintf(&x, `<row r="%d"%s>`, r+1, hidden)
			for c, text := range row.cells {
				if before, said, ok := strings.Cut(text, "[["); ok {
					text = strings.TrimSpace(before)
					fmt.Fprintf(&comments, `<comment ref="%s" authorId="0"><text><t>%s</t></text></comment>`, sheet.Ref(r+1, c+1), html.EscapeString(strings.TrimSuffix(said, "]]")))
				}
				cell := cellXML(sheet.Ref(r+1, c+1), text, style)
				if row.struck {
					cell = styleOf.ReplaceAllStringFunc(cell, func(s string) string {
						n, _ := strconv.Atoi(strings.Trim(s, `s=" `))
						return fmt.Sprintf(` s="%d"`, style(formats[n]+struckMark))
					})
				}
				x.WriteString(cell)
			}
			x.WriteString(`</row>`)
		}
		x.WriteString(`</sheetData>`)
		if len(s.merged) > 0 {
			x.WriteString(`<mergeCells>`)
			for _, m := range s.merged {
				fmt.Fprintf(&x, `<mergeCell ref="%s:%s"/>`, sheet.Ref(m.Top, m.Left), sheet.Ref(m.Bottom, m.Right))
			}
			x.WriteString(`</mergeCells>`)
		}
		x.WriteString(`</worksheet>`)
		parts = append(parts, member{fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), x.String()})
		if comments.Len() > 0 {
			parts = append(parts, member{fmt.Sprintf("xl/comments%d.xml", i+1), `<comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><authors><author>张三</author></authors><commentList>` + comments.String() + `</commentList></comments>`},
				member{fmt.Sprintf("xl/worksheets/_rels/sheet%d.xml.rels", i+1), fmt.Sprintf(`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments" Target="../comments%d.xml"/></Relationships>`, i+1)})
		}
	}
	var fmts, xfs strings.Builder
	for i, f := range formats {
		id, font := 0, 0
		f, struck := strings.CutSuffix(f, struckMark)
		f, white := strings.CutPrefix(f, "white:")
		if white {
			font = 2
		}
		if struck {
			font = 1
		}
		if f != "" {
			id = 164 + i
			fmt.Fprintf(&fmts, `<numFmt numFmtId="%d" formatCode="%s"/>`, id, html.EscapeString(f))
		}
		fmt.Fprintf(&xfs, `<xf numFmtId="%d" fontId="%d"/>`, id, font)
	}
	const main = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	const rel = `xmlns="http://schemas.openxmlformats.org/package/2006/relationships"`
	parts = append([]member{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`},
		{"_rels/.rels", `<Relationships ` + rel + `><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook ` + main + `><sheets>` + list.String() + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships ` + rel + `>` + rels.String() + `<Relationship Id="rId9999" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`},
		{"xl/styles.xml", `<styleSheet ` + main + `><numFmts>` + fmts.String() + `</numFmts><fonts><font/><font><strike/></font><font><color rgb="FFFFFFFF"/></font></fonts><cellXfs>` + xfs.String() + `</cellXfs></styleSheet>`},
	}, parts...)
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, p := range parts {
		w, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate})
		if err == nil {
			_, err = w.Write([]byte(p.body))
		}
		if err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

func cellXML(ref, text string, style func(string) int) string {
	if text == "" {
		return ""
	}
	if text == "~" {
		text = "'  "
	}
	st, code := 0, ""
	if i := strings.LastIndexByte(text, '{'); i > 0 && strings.HasSuffix(text, "}") {
		code = text[i+1 : len(text)-1]
		if bare := strings.TrimSpace(text[:i]); plainNumber.MatchString(bare) || strings.HasPrefix(bare, "@") || strings.HasPrefix(bare, "=") {
			text, st = bare, style(code)
		}
	}
	attrs := func() string { return fmt.Sprintf(`r="%s" s="%d"`, ref, st) }
	formula := ""
	if f, ok := strings.CutPrefix(text, "="); ok {
		f, result, stored := strings.Cut(f, "->")
		formula = "<f>" + html.EscapeString(strings.TrimSpace(f)) + "</f>"
		if !stored {
			return fmt.Sprintf(`<c %s>%s</c>`, attrs(), formula)
		}
		text = strings.TrimSpace(result)
	}
	if d, ok := strings.CutPrefix(text, "@"); ok {
		layout := "2006-01-02"
		if strings.Contains(d, ":") {
			layout = "2006-01-02 15:04"
		}
		if t, err := time.Parse(layout, d); err == nil {
			if st == 0 {
				st = 1
			}
			serial := t.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24
			return fmt.Sprintf(`<c %s>%s<v>%s</v></c>`, attrs(), formula, strconv.FormatFloat(serial, 'g', -1, 64))
		}
	}
	switch {
	case plainNumber.MatchString(text):
		return fmt.Sprintf(`<c %s>%s<v>%s</v></c>`, attrs(), formula, text)
	case strings.HasPrefix(text, "#") && strings.ToUpper(text) == text && strings.ContainsAny(text, "!?/"):
		return fmt.Sprintf(`<c %s t="e">%s<v>%s</v></c>`, attrs(), formula, text)
	}
	text = strings.TrimPrefix(text, "'")
	text = strings.ReplaceAll(text, `\n`, "\n")
	if strings.Contains(text, "~~") {
		var runs strings.Builder
		for i, part := range strings.Split(text, "~~") {
			mark := []string{"", "<rPr><strike/></rPr>"}[i%2]
			if part != "" {
				fmt.Fprintf(&runs, `<r>%s<t xml:space="preserve">%s</t></r>`, mark, html.EscapeString(part))
			}
		}
		return fmt.Sprintf(`<c %s t="inlineStr"><is>%s</is></c>`, attrs(), runs.String())
	}
	return fmt.Sprintf(`<c %s t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, attrs(), html.EscapeString(text))
}

// encoded writes a text file in the charset that a case names.
func encoded(text, charset string) []byte {
	switch charset {
	case "gb18030":
		b, _, err := transform.Bytes(simplifiedchinese.GB18030.NewEncoder(), []byte(text))
		if err != nil {
			panic(err)
		}
		return b
	case "bom":
		return append([]byte("\xef\xbb\xbf"), text...)
	}
	return []byte(text)
}
