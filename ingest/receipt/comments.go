package receipt

import (
	"bytes"
	"fmt"
	"html"
	"strconv"
	"strings"

	"taizhang/ingest/fit"
)

// Author is whom workbooks and comments name as their author, where the program made them.
const Author = "台账系统"

// commentLead begins our comments; by it they are known where a program lost the authors.
const commentLead = "【" + Author + "·"

// GuideAuthor is whom the comments that tell how a template's columns are filled in name as their author.
const GuideAuthor = "填表说明"

// Theirs is what a comment says apart from what this program wrote into it; "" where that is all.
func Theirs(author, text string) string {
	if author == Author || author == GuideAuthor {
		return ""
	}
	text, _, _ = strings.Cut(text, commentLead)
	text = strings.TrimSpace(text)
	if author != "" { // Excel writes who it was on a line of its own
		for _, mark := range []string{":\n", "：\n"} {
			text = strings.TrimSpace(strings.TrimPrefix(text, author+mark))
		}
	}
	return text
}

// stripComments takes our comments out of a comments part, and what we added to
// those of others. It gives the cells ours were on.
func stripComments(data []byte) (out []byte, ours map[string]bool, err error) {
	ours = map[string]bool{}
	s := &scanner{data: data}
	var edits []edit
	authors, authorsSeen := map[string]bool{}, 0
	for {
		t, ok := s.next()
		if !ok {
			break
		}
		switch {
		case t.name == "author" && !t.closing:
			id := strconv.Itoa(authorsSeen)
			authorsSeen++
			if !t.empty {
				end, ok := s.next()
				if !ok {
					return nil, nil, errXML
				}
				authors[id] = strings.TrimSpace(html.UnescapeString(string(data[t.end:end.start]))) == Author
			}
		case t.name == "comment" && !t.closing:
			ref := t.value(data, "ref")
			end, text, texts := t.end, "", []span(nil)
			if !t.empty {
				if end, text, texts, ok = s.content(t); !ok {
					return nil, nil, errXML
				}
			}
			if authors[t.value(data, "authorId")] || strings.HasPrefix(strings.TrimSpace(text), commentLead) {
				ours[ref] = true
				edits = append(edits, edit{t.start, end, ""})
				continue
			}
			edits = append(edits, cutOurs(data, texts)...)
		}
	}
	if s.depth != 0 {
		return nil, nil, errXML
	}
	return splice(data, edits), ours, nil
}

// cutOurs gives the edits that take what we added out of somebody's comment,
// also where a program has since split it into several runs.
func cutOurs(data []byte, texts []span) (edits []edit) {
	var all []byte
	for _, t := range texts {
		all = append(all, data[t.start:t.end]...)
	}
	from := bytes.Index(all, []byte(commentLead))
	if from < 0 {
		return nil
	}
	from = len(bytes.TrimRight(all[:from], "\r\n "))
	for _, t := range texts {
		n := t.end - t.start
		if from < n {
			edits = append(edits, edit{t.start + max(from, 0), t.end, ""})
		}
		from -= n
	}
	return edits
}

// span is a stretch of a document.
type span struct{ start, end int }

// content reads on to the end of an element just opened, and gives its text and
// where its <t> elements hold theirs.
func (s *scanner) content(open tag) (end int, text string, texts []span, ok bool) {
	var b strings.Builder
	last := open
	for {
		t, ok := s.next()
		if !ok {
			return 0, "", nil, false
		}
		b.Write(s.data[last.end:t.start])
		if t.closing && t.name == "t" && last.name == "t" && !last.closing {
			texts = append(texts, span{last.end, t.start})
		}
		last = t
		if t.closing && t.depth == open.depth {
			return t.end, html.UnescapeString(b.String()), texts, true
		}
	}
}

// addComments puts our comments into a comments part, a new one if data is nil.
// Where a cell has somebody else's comment, ours follows in it; fresh are the
// marks that got a comment of their own.
func addComments(data []byte, ns string, marks []mark) (out []byte, fresh []mark, err error) {
	if data == nil {
		data = []byte(xmlHead + `<comments xmlns="` + ns + `"><authors></authors><commentList></commentList></comments>`)
	}
	_, found, err := lists(data, "authors", "commentList")
	if err != nil {
		return nil, nil, err
	}
	authors, all := found["authors"], found["commentList"]
	if authors == nil || all == nil {
		return nil, nil, errXML
	}
	id, edits := -1, []edit(nil)
	for i, a := range authors.children {
		if !a.tag.empty && a.end > a.tag.end && strings.Contains(string(data[a.tag.end:a.end]), Author+"</") {
			id = i
		}
	}
	if id < 0 {
		id = len(authors.children)
		edits = append(edits, edit{authors.closeAt, authors.closeAt, `<author xmlns="` + ns + `">` + Author + `</author>`})
	}
	others := map[string]element{}
	for _, c := range all.children {
		others[c.tag.value(data, "ref")] = c
	}
	var b strings.Builder
	for _, m := range marks {
		if c, ok := others[m.cellRef()]; ok {
			s := &scanner{data: data[:c.end], pos: c.tag.end, depth: 1}
			if _, _, texts, ok := s.content(tag{end: c.tag.end}); ok && len(texts) > 0 {
				end := texts[len(texts)-1].end
				edits = append(edits, edit{end, end, "\n\n" + escape(m.comment)})
			}
			continue
		}
		fresh = append(fresh, m)
		fmt.Fprintf(&b, `<comment xmlns="%s" ref="%s" authorId="%d"><text><r><rPr><sz val="10"/><rFont val="宋体"/><charset val="134"/></rPr><t xml:space="preserve">%s</t></r></text></comment>`,
			ns, m.cellRef(), id, escape(m.comment))
	}
	edits = append(edits, edit{all.closeAt, all.closeAt, b.String()})
	return splice(data, edits), fresh, nil
}

// stripShapes takes the note boxes of these cells out of a VML drawing.
func stripShapes(data []byte, cells map[string]bool) []byte {
	if len(cells) == 0 {
		return data
	}
	s := &scanner{data: data}
	var edits []edit
	var open tag
	row, col, inShape := -1, -1, false
	for {
		t, ok := s.next()
		if !ok {
			return splice(data, edits)
		}
		switch {
		case t.name == "shape" && !t.closing && !t.empty:
			open, row, col, inShape = t, -1, -1, true
		case t.name == "Row" && !t.closing:
			row = leadingNumber(data[t.end:])
		case t.name == "Column" && !t.closing:
			col = leadingNumber(data[t.end:])
		case t.name == "shape" && t.closing && inShape:
			inShape = false
			if row >= 0 && col >= 0 && cells[mark{row: row + 1, col: col + 1}.cellRef()] {
				edits = append(edits, edit{open.start, t.end, ""})
			}
		}
	}
}

func leadingNumber(data []byte) int {
	n, digits := 0, 0
	for _, c := range data {
		if c < '0' || c > '9' || n > maxRow {
			break
		}
		n = n*10 + int(c-'0')
		digits++
	}
	if digits == 0 {
		return -1
	}
	return n
}

const (
	vmlRoot = `<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel">` +
		`<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout></xml>`
	vmlType = `<v:shapetype xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>`
)

// addShapes puts the boxes of our comments into a VML drawing, a new one if
// data is nil.
func addShapes(data []byte, marks []mark) ([]byte, error) {
	if data == nil {
		data = []byte(vmlRoot)
	}
	next := 1025
	s, hasType := &scanner{data: data}, false
	for {
		t, ok := s.next()
		if !ok {
			break
		}
		id := t.value(data, "id")
		hasType = hasType || t.name == "shapetype" && id == "_x0000_t202"
		if n, ok := strings.CutPrefix(id, "_x0000_s"); ok {
			if n := leadingNumber([]byte(n)); n >= next && n < 1<<30 {
				next = n + 1
			}
		}
	}
	var b strings.Builder
	if !hasType {
		b.WriteString(vmlType)
	}
	for i, m := range marks {
		r, c, tall := m.row-1, m.col-1, boxRows(m.comment)
		fmt.Fprintf(&b, `<v:shape xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel" `+
			`id="_x0000_s%d" type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:2pt;width:240pt;height:%dpt;z-index:%d;visibility:hidden" fillcolor="#FFFBE6" o:insetmode="auto">`+
			`<v:fill color2="#FFFBE6"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>`+
			`<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>%d, 12, %d, 4, %d, 12, %d, 4</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>%d</x:Row><x:Column>%d</x:Column></x:ClientData></v:shape>`,
			next+i, tall*15, i+1, min(c+1, maxCol-2), max(r-1, 0), min(c+5, maxCol-1), min(max(r-1, 0)+tall, maxRow-1), r, c)
	}
	// By its text, since VML written by old programs is not always XML.
	end := bytes.LastIndex(data, []byte("</xml>"))
	if end < 0 {
		return nil, errXML
	}
	return splice(data, []edit{{end, end, b.String()}}), nil
}

// boxRows is how many rows high the box of a comment must be.
func boxRows(text string) int {
	n := 1
	for line := range strings.Lines(text) {
		n += 1 + fit.Width(line)/40
	}
	return min(max(n, 4), 24)
}
