package workbook

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"taizhang/internal/opc"
)

// Limits of a sheet and a cell, which Excel sets.
const (
	StreamRows  = 1_048_575 // below the head
	longestCell = 32_767    // characters
	exactDigits = 15        // of a number: further ones Excel turns into zeros
)

// Day is a date without a time of day, as a cell of a Stream.
type Day time.Time

// Moment is a date with a time of day, as a cell of a Stream.
type Moment time.Time

// Stream writes a plain table of any length as a workbook, row by row, in
// memory that doesn't grow with it: a head with filters, numbers and dates as
// such, and a next sheet where one is full.
type Stream struct {
	zip     *opc.Writer
	titles  []string
	most    int // rows of a sheet
	sheets  int
	rows    int           // of this sheet
	waiting [][]any       // the first rows, until the widths are known
	out     *bufio.Writer // the present sheet, nil before its head
	buf     []byte
}

// sampled is how many rows tell the widths of the columns.
const sampled = 200

// NewStream begins a workbook of one table.
func NewStream(w io.Writer, titles []string) *Stream {
	return &Stream{zip: opc.NewWriter(w, 1), titles: titles, most: StreamRows}
}

// Row adds a row: nil, bool, string, int64, float64, json.Number, Day or Moment.
// Numbers of more than 15 digits become texts, since Excel would cut them.
func (s *Stream) Row(values []any) error {
	if len(s.waiting) < sampled && s.sheets == 0 {
		s.waiting = append(s.waiting, append([]any(nil), values...))
		return nil
	}
	if err := s.flush(); err != nil {
		return err
	}
	return s.row(values)
}

// Sheets is how many sheets there are by now.
func (s *Stream) Sheets() int { return s.sheets }

// Close ends the workbook.
func (s *Stream) Close() error {
	if err := s.flush(); err != nil {
		return err
	}
	if err := s.endSheet(); err != nil {
		return err
	}
	for _, p := range s.parts() {
		if err := s.zip.Put(p.name, []byte(p.text)); err != nil {
			return err
		}
	}
	return s.zip.Close()
}

// flush begins the first sheet and writes the rows that waited for it.
func (s *Stream) flush() error {
	if s.sheets > 0 {
		return nil
	}
	if err := s.beginSheet(); err != nil {
		return err
	}
	for _, r := range s.waiting {
		if err := s.row(r); err != nil {
			return err
		}
	}
	return nil
}

const streamHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

func (s *Stream) beginSheet() error {
	s.sheets++
	s.rows = 0
	part, err := s.zip.Create(fmt.Sprintf("xl/worksheets/sheet%d.xml", s.sheets))
	if err != nil {
		return err
	}
	s.out = bufio.NewWriterSize(part, 1<<16)
	var b strings.Builder
	b.WriteString(streamHead + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`)
	for i, t := range s.titles {
		if i == 0 {
			b.WriteString("<cols>")
		}
		width := textUnits(t) + 4 // the filter's button
		for _, r := range s.waiting {
			if i < len(r) {
				width = max(width, textUnits(shownCell(r[i]))+2)
			}
		}
		fmt.Fprintf(&b, `<col min="%d" max="%d" width="%d" customWidth="1"/>`, i+1, i+1, min(width, 60))
		if i == len(s.titles)-1 {
			b.WriteString("</cols>")
		}
	}
	b.WriteString(`<sheetData><row r="1">`)
	if _, err := s.out.WriteString(b.String()); err != nil {
		return err
	}
	s.buf = s.buf[:0]
	for _, t := range s.titles {
		s.buf = s.text(s.buf, t, streamBold)
	}
	_, err = s.out.Write(append(s.buf, "</row>\n"...))
	return err
}

func (s *Stream) endSheet() error {
	var b strings.Builder
	b.WriteString("</sheetData>")
	if n := len(s.titles); n > 0 {
		fmt.Fprintf(&b, `<autoFilter ref="A1:%s%d"/>`, letters(n), s.rows+1)
	}
	b.WriteString("</worksheet>")
	if _, err := s.out.WriteString(b.String()); err != nil {
		return err
	}
	return s.out.Flush()
}

func (s *Stream) row(values []any) error {
	if s.rows == s.most {
		if err := s.endSheet(); err != nil {
			return err
		}
		if err := s.beginSheet(); err != nil {
			return err
		}
	}
	s.rows++
	b := append(s.buf[:0], "<row>"...)
	for i, v := range values {
		if t, ok := v.(string); ok && len(t) > longestCell && utf8.RuneCountInString(t) > longestCell {
			return fmt.Errorf("column %s, row %d: a text of %d characters doesn't fit into a cell of a workbook, which holds %d; csv, json and parquet hold it", s.titles[i], s.rows, utf8.RuneCountInString(t), longestCell)
		}
		b = s.cell(b, v)
	}
	s.buf = append(b, "</row>\n"...)
	_, err := s.out.Write(s.buf)
	return err
}

// Styles of cells, in the order of streamStyles.
const (
	streamPlain = iota
	streamBold
	streamDay
	streamMoment
	streamMoney
)

const streamStyles = `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` +
	`<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/><numFmt numFmtId="165" formatCode="yyyy\-mm\-dd\ hh:mm:ss"/></numFmts>` +
	`<fonts count="2"><font><sz val="11"/><name val="等线"/></font><font><b/><sz val="11"/><name val="等线"/></font></fonts>` +
	`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
	`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
	`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
	`<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
	`<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>` +
	`<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
	`<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
	`<xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>` +
	`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`

func (s *Stream) cell(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "<c/>"...)
	case bool:
		if v {
			return append(b, `<c t="b"><v>1</v></c>`...)
		}
		return append(b, `<c t="b"><v>0</v></c>`...)
	case int64:
		return s.number(b, strconv.FormatInt(v, 10), streamPlain)
	case float64:
		return s.number(b, strconv.FormatFloat(v, 'g', -1, 64), -1)
	case json.Number:
		style := streamPlain
		if _, frac, ok := strings.Cut(v.String(), "."); ok && len(frac) == 2 {
			style = streamMoney
		}
		return s.number(b, v.String(), style)
	case Day:
		return s.date(b, time.Time(v), streamDay, time.DateOnly)
	case Moment:
		return s.date(b, time.Time(v), streamMoment, time.DateTime)
	case string:
		return s.text(b, v, streamPlain)
	}
	return s.text(b, fmt.Sprint(v), streamPlain)
}

// number writes a number; a style below 0 is of one that is not exact anyway.
func (s *Stream) number(b []byte, text string, style int) []byte {
	if style >= 0 {
		digits := 0
		for _, r := range strings.TrimLeft(text, "-0.") {
			if r >= '0' && r <= '9' {
				digits++
			}
		}
		if digits > exactDigits {
			return s.text(b, text, streamPlain)
		}
	}
	return rawNumber(b, text, max(style, streamPlain))
}

func rawNumber(b []byte, text string, style int) []byte {
	b = append(b, "<c"...)
	if style > 0 {
		b = strconv.AppendInt(append(b, ` s="`...), int64(style), 10)
		b = append(b, '"')
	}
	b = append(b, "><v>"...)
	return append(append(b, text...), "</v></c>"...)
}

// date writes a date as Excel's number of days; before 1900 it has none.
func (s *Stream) date(b []byte, t time.Time, style int, layout string) []byte {
	n, ok := serialDate(t)
	if !ok {
		return s.text(b, t.Format(layout), streamPlain)
	}
	return rawNumber(b, strconv.FormatFloat(n, 'f', -1, 64), style)
}

// text writes a text in its cell, which Excel never takes for a formula.
func (s *Stream) text(b []byte, text string, style int) []byte {
	b = append(b, `<c t="inlineStr"`...)
	if style > 0 {
		b = strconv.AppendInt(append(b, ` s="`...), int64(style), 10)
		b = append(b, '"')
	}
	b = append(b, `><is><t xml:space="preserve">`...)
	for text != "" { // control characters, which XML has none of, as Excel writes them
		i := strings.IndexFunc(text, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == 0xfffe || r == 0xffff })
		if i < 0 {
			b = appendText(b, text)
			break
		}
		b = appendText(b, text[:i])
		r, n := utf8.DecodeRuneInString(text[i:])
		b = fmt.Appendf(b, "_x%04X_", r)
		text = text[i+n:]
	}
	return append(b, "</t></is></c>"...)
}

// shownCell is roughly what a cell shows, for its width.
func shownCell(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case Day:
		return time.DateOnly
	case Moment:
		return time.DateTime
	case string:
		if i := strings.IndexByte(v, '\n'); i >= 0 {
			return v[:i]
		}
		return v
	}
	return fmt.Sprint(v)
}

// textUnits is a text's width in characters; Chinese ones count twice.
func textUnits(s string) int {
	n := 0
	for _, r := range s {
		if n++; r >= 0x2e80 {
			n++
		}
		if n > 100 {
			break
		}
	}
	return n
}

// letters of the nth column, from 1.
func letters(n int) string {
	out := ""
	for ; n > 0; n = (n - 1) / 26 {
		out = string(rune('A'+(n-1)%26)) + out
	}
	return out
}

type part struct{ name, text string }

// parts are those that name the sheets.
func (s *Stream) parts() []part {
	var types, list, relations strings.Builder
	for i := 1; i <= s.sheets; i++ {
		fmt.Fprintf(&types, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`, i)
		fmt.Fprintf(&list, `<sheet name="Sheet%d" sheetId="%d" r:id="rId%d"/>`, i, i, i)
		fmt.Fprintf(&relations, `<Relationship Id="rId%d" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet%d.xml"/>`, i, i)
	}
	const rels = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	return []part{
		{"[Content_Types].xml", streamHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>` + types.String() + `</Types>`},
		{"_rels/.rels", streamHead + rels + `<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", streamHead + `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>` + list.String() + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", streamHead + rels + relations.String() + fmt.Sprintf(`<Relationship Id="rId%d" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`, s.sheets+1)},
		{"xl/styles.xml", streamHead + streamStyles},
	}
}
