package receipt

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"taizhang/ingest/secret"
	"taizhang/internal/opc"
)

const (
	xmlHead       = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	nsMain        = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	nsRels        = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	nsStrict      = "http://purl.oclc.org/ooxml/spreadsheetml/main"
	nsStrictRels  = "http://purl.oclc.org/ooxml/officeDocument/relationships"
	nsPackageRels = "http://schemas.openxmlformats.org/package/2006/relationships"

	typeWorkbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
	typeSheet    = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
	typeStyles   = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
	typeComments = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
	typeVML      = "application/vnd.openxmlformats-officedocument.vmlDrawing"
)

// SheetName is the name of the sheet that a receipt adds; intake ignores it.
const SheetName = "回执"

// smallSheet is up to what size a sheet is unpacked whole to see how it begins.
const smallSheet = 128 << 10

// largeSheet is from what size on a sheet is left packed unless it has marks.
const largeSheet = 8 << 20

var errNotWorkbook = errors.New("receipt: not an xlsx workbook that can be marked")

// patcher turns the sender's workbook into a receipt by changing as few of its
// parts as can be: the others are copied packed, byte for byte.
type patcher struct {
	*pack
	book    string // part name of the workbook
	ns, rns string
	clean   bool // nothing is marked
	styles  *styles
	styleAt string
	types   []string // additions to the content types
	notes   []string // for the reader of the receipt
	vml     int
}

// patch marks a workbook and puts the 回执 sheet first. draw gives that sheet.
func patch(original []byte, spoken []string, marks map[string][]mark, draw func(p *paperStyle, notes []string) ([]byte, string)) ([]byte, error) {
	zip, err := openPack(original)
	if err != nil {
		return nil, err
	}
	p := &patcher{pack: zip, ns: nsMain, rns: nsRels, clean: len(marks) == 0}
	sheets, wb, err := p.open()
	if err != nil {
		return nil, err
	}
	first, removed := sheets, -1
	for i, s := range sheets {
		if s.name == SheetName {
			removed = i
			first = slices.Delete(slices.Clone(sheets), i, i+1)
			break
		}
	}
	onTop, names := true, map[string]bool{}
	said := asSaid(sheets, spoken)
	renamed := map[string]string{}
	for _, s := range first {
		names[s.name], renamed[said[s.name]] = true, s.name
		ok, err := p.markSheet(s, marks[said[s.name]])
		if err != nil {
			return nil, fmt.Errorf("sheet %s: %w", s.name, err)
		}
		onTop = onTop && ok
	}
	if p.styles.done == nil {
		p.styles.addPaper()
	}
	body, titles := draw(&paperStyle{first: p.styles.paperStyle, ns: p.ns, selected: onTop, sheets: names, renamed: renamed}, p.notes)
	p.Set(p.styleAt, p.styles.bytes())
	if removed >= 0 {
		if err := p.forget(sheets[removed]); err != nil {
			return nil, err
		}
	}
	part := path.Join(path.Dir(p.book), "worksheets/taizhang_receipt.xml")
	for p.Has(part) {
		part = strings.TrimSuffix(part, ".xml") + "_.xml"
	}
	p.Set(part, body)
	p.types = append(p.types, `<Override xmlns="%s" PartName="/`+part+`" ContentType="`+typeSheet+`"/>`)
	id, err := p.addRel(p.book, p.rns+"/worksheet", part)
	if err != nil {
		return nil, err
	}
	p.Set(p.book, wb.withReceipt(p, sheets, removed, id, titles, onTop))
	if err := p.contentTypes(); err != nil {
		return nil, err
	}
	return p.Bytes(opc.Fast)
}

// asSaid gives what findings call the sheets, by their names: a number of a person
// in a name is masked there, and so is a sensitive value of the rows.
func asSaid(sheets []bookSheet, spoken []string) map[string]string {
	names := make([]string, len(sheets))
	for i, s := range sheets {
		names[i] = s.name
	}
	said := map[string]string{}
	for i, n := range secret.SaidNames(names, spoken) {
		said[names[i]] = n
	}
	return said
}

// open finds the workbook, its sheets and its styles, and takes off what a
// receipt must not carry: macros and the seal of a signature.
func (p *patcher) open() ([]bookSheet, *bookPart, error) {
	top, topData, err := p.rels("")
	if err != nil {
		return nil, nil, err
	}
	for _, r := range top {
		if r.typ == "officeDocument" && !r.external {
			p.book = r.target
		}
	}
	if p.book == "" || !p.Has(p.book) {
		return nil, nil, errNotWorkbook
	}
	rels, relsData, err := p.rels(p.book)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range rels {
		switch r.typ {
		case "styles":
			p.styleAt = r.target
		case "xlMacrosheet", "xlIntlMacrosheet":
			return nil, nil, errNotWorkbook
		case "vbaProject":
			p.Drop(r.target)
			p.Drop(opc.RelsName(r.target))
			p.notes = append(p.notes, "原文件中的宏已去掉，回执不带宏。")
		}
	}
	drop := func(r rel) bool {
		return r.typ == "vbaProject" || r.typ == "calcChain" || r.typ == "extensibility" || r.typ == "origin"
	}
	p.without("", top, topData, drop)
	p.without(p.book, rels, relsData, drop)
	for _, r := range rels {
		if r.typ == "calcChain" {
			p.Drop(r.target) // rebuilt by every program; ours to keep true otherwise
		}
	}
	data, err := p.get(p.book)
	if err != nil {
		return nil, nil, err
	}
	wb, sheets, err := p.readBook(data, rels)
	if err != nil {
		return nil, nil, err
	}
	return sheets, wb, p.openStyles(wb.covered())
}

// openStyles reads the styles, or makes some for a workbook that has none.
func (p *patcher) openStyles(covered map[string]string) error {
	if p.styleAt == "" {
		p.styleAt = path.Join(path.Dir(p.book), "styles.xml")
		if p.Has(p.styleAt) {
			return errNotWorkbook
		}
		if _, err := p.addRel(p.book, p.rns+"/styles", p.styleAt); err != nil {
			return err
		}
		p.types = append(p.types, `<Override xmlns="%s" PartName="/`+p.styleAt+`" ContentType="`+typeStyles+`"/>`)
		p.Set(p.styleAt, []byte(xmlHead+(&formats{}).styles(p.ns)))
	}
	text, err := p.get(p.styleAt)
	if err != nil {
		return err
	}
	if _, found, err := lists(text, "cellXfs"); err == nil && found["cellXfs"] == nil {
		text = []byte(xmlHead + (&formats{}).styles(p.ns)) // it says nothing that a cell could refer to
	}
	if p.clean && len(covered) == 0 {
		p.styles, err = openUnmarked(text, p.ns)
		return err
	}
	p.styles, err = openStyles(text, p.ns, covered)
	return err
}

// forget takes a sheet's part and what belongs to it alone out of the workbook.
func (p *patcher) forget(s bookSheet) error {
	if s.part == "" {
		return errNotWorkbook
	}
	rels, _, err := p.rels(s.part)
	if err != nil {
		return err
	}
	for _, r := range rels {
		if slices.Contains([]string{"comments", "vmlDrawing", "printerSettings"}, r.typ) {
			p.Drop(r.target)
		}
	}
	p.Drop(opc.RelsName(s.part))
	p.Drop(s.part)
	return p.dropRels(p.book, func(r rel) bool { return r.id == s.rid })
}

// markSheet takes our earlier marks off a sheet and puts the new ones on. ok is
// false where the sheet stays the selected one.
func (p *patcher) markSheet(s bookSheet, marks []mark) (ok bool, err error) {
	if s.part == "" {
		return true, nil // a chart sheet
	}
	rels, _, err := p.rels(s.part)
	if err != nil {
		return false, err
	}
	comments, commentData, err := p.stripSheet(rels)
	if err != nil {
		return false, err
	}
	head, data, err := p.begins(s.part)
	if err != nil {
		return false, err
	}
	selected := bytes.Contains(head, []byte("tabSelected"))
	if len(marks) == 0 && (!selected || p.Size(s.part) > largeSheet) {
		return !selected, nil
	}
	if data == nil {
		data, err = p.get(s.part)
	}
	if errors.Is(err, errTooLarge) {
		p.notes = append(p.notes, "“"+s.name+"”表很大，未在表内标色，请按下列位置查找。")
		return !selected, nil
	}
	if err != nil {
		return false, err
	}
	if len(marks) == 0 {
		if data, err = deselected(data); err != nil {
			return false, err
		}
		p.Set(s.part, data)
		return true, nil
	}
	marks = merged(data, marks)
	e, err := markCells(data, p.ns, marks, p.styles.mark)
	if err != nil {
		return false, err
	}
	if err := p.comment(s.part, e, comments, commentData, marks, rels); err != nil {
		return false, err
	}
	p.Set(s.part, splice(data, e.edits))
	return true, nil
}

// begins gives how a sheet begins, and of a small one the whole, which takes as long to unpack. Where a sheet can't be
// unpacked whole, that matters only if it has to be.
func (p *patcher) begins(part string) (head, whole []byte, err error) {
	const headSize = 8 << 10
	if p.Size(part) <= smallSheet {
		if whole, err = p.get(part); err == nil {
			return whole[:min(len(whole), headSize)], whole, nil
		}
	}
	head, err = p.Head(part, headSize)
	return head, nil, err
}

// stripSheet takes our comments off a sheet. It gives the part that holds the
// others, "" if there is none.
func (p *patcher) stripSheet(rels []rel) (part string, data []byte, err error) {
	i := slices.IndexFunc(rels, func(r rel) bool { return r.typ == "comments" && !r.external && p.Has(r.target) })
	if i < 0 {
		return "", nil, nil
	}
	part = rels[i].target
	text, err := p.get(part)
	if err != nil {
		return "", nil, err
	}
	data, ours, err := stripComments(text)
	if err != nil {
		return "", nil, err
	}
	if len(data) == len(text) {
		return part, data, nil
	}
	p.Set(part, data)
	for _, r := range rels {
		if r.typ == "vmlDrawing" && !r.external && p.Has(r.target) {
			text, err := p.get(r.target)
			if err != nil {
				return "", nil, err
			}
			p.Set(r.target, stripShapes(text, ours))
		}
	}
	return part, data, nil
}

// comment puts comments on a sheet: their texts, their boxes, and the links to both.
func (p *patcher) comment(sheetPart string, e *sheetEdit, part string, data []byte, marks []mark, rels []rel) error {
	data, marks, err := addComments(data, p.ns, marks)
	if err != nil {
		return err
	}
	if part == "" {
		part = p.fresh("comments_tz%d.xml")
		p.types = append(p.types, `<Override xmlns="%s" PartName="/`+part+`" ContentType="`+typeComments+`"/>`)
		if _, err := p.addRel(sheetPart, p.rns+"/comments", part); err != nil {
			return err
		}
	}
	p.Set(part, data)
	if len(marks) == 0 {
		return nil // all of them went into comments of others
	}

	vml, text := "", []byte(nil)
	for _, r := range rels {
		if r.id == e.legacyID && r.typ == "vmlDrawing" && p.Has(r.target) {
			vml = r.target
			if text, err = p.get(vml); err != nil {
				return err
			}
		}
	}
	if vml == "" && e.legacyID != "" {
		return errXML
	}
	if text, err = addShapes(text, marks); err != nil {
		return err
	}
	if vml == "" {
		vml = p.fresh("drawings/vmlDrawing_tz%d.vml")
		p.types = append(p.types, `<Override xmlns="%s" PartName="/`+vml+`" ContentType="`+typeVML+`"/>`)
		id, err := p.addRel(sheetPart, p.rns+"/vmlDrawing", vml)
		if err != nil {
			return err
		}
		e.edits = append(e.edits, edit{e.legacyAt, e.legacyAt, `<legacyDrawing` + e.xmlns() + ` xmlns:tzr="` + p.rns + `" tzr:id="` + id + `"/>`})
	}
	p.Set(vml, text)
	return nil
}

// fresh gives a part name beside the workbook that is not taken.
func (p *patcher) fresh(pattern string) string {
	for {
		p.vml++
		if name := path.Join(path.Dir(p.book), fmt.Sprintf(pattern, p.vml)); !p.Has(name) {
			return name
		}
	}
}

// contentTypes brings the list of parts up to date.
func (p *patcher) contentTypes() error {
	const name = "[Content_Types].xml"
	data, err := p.get(name)
	if err != nil {
		return err
	}
	ns := "http://schemas.openxmlformats.org/package/2006/content-types"
	var edits []edit
	s := &scanner{data: data}
	for {
		t, ok := s.next()
		if !ok {
			break
		}
		if t.name != "Override" || t.closing {
			continue
		}
		end := t.end
		if !t.empty {
			if end, _, _, ok = s.content(t); !ok {
				return errXML
			}
		}
		part := opc.PartName(t.value(data, "PartName"))
		switch {
		case !p.Has(part) || p.Gone(part):
			edits = append(edits, edit{t.start, end, ""})
		case part == opc.PartName(p.book):
			if t.value(data, "ContentType") != typeWorkbook {
				edits = append(edits, setAttr(data, t, "ContentType", typeWorkbook))
			}
		}
	}
	var add strings.Builder
	for _, t := range p.types {
		fmt.Fprintf(&add, t, ns)
	}
	data, err = insertAtEnd(splice(data, edits), "Types", add.String())
	if err != nil {
		return err
	}
	p.Set(name, data)
	return nil
}
