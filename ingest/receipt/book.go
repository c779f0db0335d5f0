package receipt

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// bookSheet is one sheet as the workbook lists it.
type bookSheet struct {
	name, part string
	id, rid    string
	start, end int // of its element
}

// bookPart is the text of the workbook part and where things stand in it.
type bookPart struct {
	data     []byte
	prefixed bool
	sheets   tag
	views    []tag
	names    *list
	nameEls  []element
	noNames  tag // an empty definedNames element
	afterAt  int // where definedNames belongs if there is none
}

// readBook finds the sheets, views and names in the text of the workbook part.
func (p *patcher) readBook(data []byte, rels []rel) (*bookPart, []bookSheet, error) {
	wb := &bookPart{data: data}
	root, found, err := lists(data, "definedNames", "sheets")
	if err != nil || root.name != "workbook" || found["sheets"] == nil {
		return nil, nil, errNotWorkbook
	}
	wb.prefixed = root.prefix != ""
	for _, at := range root.attrs(data) {
		if string(data[at[0]:at[1]]) == nsStrict {
			p.ns, p.rns = nsStrict, nsStrictRels
		}
	}
	wb.names = found["definedNames"]
	if wb.names != nil {
		wb.nameEls = wb.names.children
	}
	wb.sheets = found["sheets"].tag
	wb.scan()
	return wb, sheetsIn(data, found["sheets"], rels), nil
}

// sheetsIn are the listed sheets, each with the part that its relation leads to.
func sheetsIn(data []byte, listed *list, rels []rel) []bookSheet {
	var sheets []bookSheet
	for _, el := range listed.children {
		s := bookSheet{name: el.tag.value(data, "name"), id: el.tag.value(data, "sheetId"), rid: el.tag.relID(data), start: el.start, end: el.end}
		for _, r := range rels {
			if r.id == s.rid && !r.external && r.typ == "worksheet" {
				s.part = r.target
			}
		}
		sheets = append(sheets, s)
	}
	return sheets
}

// scan finds the views, and where defined names belong if there are none.
func (wb *bookPart) scan() {
	sc := &scanner{data: wb.data}
	for {
		t, ok := sc.next()
		if !ok {
			return
		}
		switch {
		case t.name == "workbookView" && !t.closing:
			wb.views = append(wb.views, t)
		case t.depth == 1 && t.empty && t.name == "definedNames":
			wb.noNames = t
		case t.depth == 1 && (t.closing || t.empty) && slices.Contains([]string{"sheets", "functionGroups", "externalReferences"}, t.name):
			wb.afterAt = t.end
		}
	}
}

// covered gives what an earlier receipt noted of the colours under its marks.
func (wb *bookPart) covered() map[string]string {
	all := map[string]string{}
	for _, n := range wb.nameEls {
		shade, ok := strings.CutPrefix(n.tag.value(wb.data, "name"), coverName)
		s := &scanner{data: wb.data, pos: n.tag.end, depth: n.tag.depth + 1}
		if !ok || n.tag.empty {
			continue
		}
		if _, text, _, ok := s.content(n.tag); ok {
			if text = strings.Trim(text, `" `); coverText().MatchString(text) {
				all[strings.ToUpper(shade)] = strings.ReplaceAll(text, "'", `"`)
			}
		}
	}
	return all
}

// withReceipt is the workbook part with the 回执 sheet as its first.
func (wb *bookPart) withReceipt(p *patcher, sheets []bookSheet, removed int, rid, titles string, onTop bool) []byte {
	var edits []edit
	maxID := 0
	for i, s := range sheets {
		if n, err := strconv.Atoi(s.id); err == nil {
			maxID = max(maxID, n)
		}
		if i == removed {
			edits = append(edits, edit{s.start, s.end, ""})
		}
	}
	ns := ` xmlns:tzr="` + p.rns + `"`
	if wb.prefixed {
		ns += ` xmlns="` + p.ns + `"`
	}
	edits = append(edits, edit{wb.sheets.end, wb.sheets.end, fmt.Sprintf(`<sheet%s name="%s" sheetId="%d" tzr:id="%s"/>`, ns, SheetName, maxID+1, rid)})
	for _, v := range wb.views {
		active := 0
		if !onTop {
			active = movedSheet(v.number(wb.data, "activeTab", 0), removed)
		}
		edits = append(edits, setAttr(wb.data, v, "activeTab", strconv.Itoa(active)))
		if cut, ok := dropAttr(wb.data, v, "firstSheet"); ok {
			edits = append(edits, cut)
		}
	}
	return splice(wb.data, append(edits, wb.nameEdits(p, removed, titles)...))
}

// movedSheet is where a sheet stands once the receipt is the first and the one of an earlier receipt is removed (-1: there is none).
func movedSheet(n, removed int) int {
	switch {
	case removed >= 0 && n > removed:
		return n // one gone before it, one come
	case n == removed:
		return 0
	}
	return n + 1
}

// nameEdits let the defined names follow their sheets, drop those of an earlier receipt, and add those of this one: which rows its
// pages repeat, and the colours under its marks.
func (wb *bookPart) nameEdits(p *patcher, removed int, titles string) (edits []edit) {
	if wb.noNames.end > 0 {
		edits = append(edits, edit{wb.noNames.start, wb.noNames.end, ""})
	}
	left := 0
	for _, n := range wb.nameEls {
		at, ok := n.tag.attr(wb.data, "localSheetId")
		old := n.tag.number(wb.data, "localSheetId", -1)
		switch {
		case ok && old == removed, strings.HasPrefix(n.tag.value(wb.data, "name"), coverName):
			edits = append(edits, edit{n.start, n.end, ""})
			continue
		case ok && old >= 0:
			edits = append(edits, edit{at[0], at[1], strconv.Itoa(movedSheet(old, removed))})
		}
		left++
	}
	root, names := "", ""
	if wb.prefixed {
		root = ` xmlns="` + p.ns + `"`
	}
	if titles != "" {
		names = `<definedName` + root + ` name="_xlnm.Print_Titles" localSheetId="0">` + titles + `</definedName>`
	}
	for _, shade := range slices.Sorted(maps.Keys(p.styles.covered)) {
		names += `<definedName` + root + ` name="` + coverName + shade + `" hidden="1">"` + strings.ReplaceAll(p.styles.covered[shade], `"`, "'") + `"</definedName>`
	}
	if names != "" && wb.names != nil {
		edits = append(edits, edit{wb.names.tag.end, wb.names.tag.end, names})
	} else if names != "" {
		edits = append(edits, edit{wb.afterAt, wb.afterAt, `<definedNames` + root + `>` + names + `</definedNames>`})
	} else if wb.names != nil && left == 0 {
		end := wb.names.closeAt + bytes.IndexByte(wb.data[wb.names.closeAt:], '>') + 1
		edits = slices.DeleteFunc(edits, func(e edit) bool { return e.start >= wb.names.tag.start && e.end <= wb.names.closeAt })
		edits = append(edits, edit{wb.names.tag.start, end, ""})
	}
	return edits
}
