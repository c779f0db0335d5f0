package receipt

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"taizhang/internal/opc"
)

// What is unpacked of a workbook to be marked is held in memory twice, so much less is taken than a reader takes; all
// other parts are copied as they are, packed.
const (
	maxPart  = 48 << 20 // one part
	maxTotal = 96 << 20 // all parts together
)

var errTooLarge = errors.New("receipt: a part of the workbook is too large to be marked")

// pack is a workbook of which a few parts are changed.
type pack struct {
	*opc.Edit
	read int64 // bytes unpacked so far
}

func openPack(content []byte) (*pack, error) {
	p, err := opc.Open(content, opc.DefaultLimits())
	if err != nil {
		return nil, err
	}
	e, err := p.Edit()
	if err != nil {
		return nil, err
	}
	return &pack{Edit: e}, nil
}

// get gives a part, with the changes so far.
func (p *pack) get(name string) ([]byte, error) {
	data, err := p.Read(name, maxPart)
	var e *opc.Error
	if errors.As(err, &e) && e.Reason == opc.TooLarge {
		return nil, errTooLarge
	}
	if err != nil {
		return nil, err
	}
	if p.read += int64(len(data)); p.read > maxTotal {
		return nil, errTooLarge
	}
	return bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF")), nil
}

// rel is a relationship of a part.
type rel struct {
	id, typ, target string // typ: what follows the last slash; target: part name
	external        bool
	start, end      int
}

// rels gives the relationships of a part, none if it has none.
func (p *pack) rels(part string) ([]rel, []byte, error) {
	name := opc.RelsName(part)
	if !p.Has(name) {
		return nil, nil, nil
	}
	data, err := p.get(name)
	if err != nil {
		return nil, nil, err
	}
	var rels []rel
	s := &scanner{data: data}
	for {
		t, ok := s.next()
		if !ok {
			return rels, data, nil
		}
		if t.name != "Relationship" || t.closing {
			continue
		}
		end := t.end
		if !t.empty {
			if end, _, _, ok = s.content(t); !ok {
				return nil, nil, errXML
			}
		}
		rels = append(rels, rel{id: t.value(data, "Id"), typ: opc.RelType(t.value(data, "Type")), target: p.Resolve(part, t.value(data, "Target")),
			start: t.start, end: end, external: t.value(data, "TargetMode") == "External"})
	}
}

// addRel adds a relationship to a part and gives its id.
func (p *pack) addRel(part, typ, target string) (string, error) {
	rels, data, err := p.rels(part)
	if err != nil {
		return "", err
	}
	n := len(rels) + 1
	id := func() string { return "rIdTz" + strconv.Itoa(n) }
	for slices.ContainsFunc(rels, func(r rel) bool { return r.id == id() }) {
		n++
	}
	text := fmt.Sprintf(`<Relationship xmlns="%s" Id="%s" Type="%s" Target="/%s"/>`, nsPackageRels, id(), escape(typ), escape(target))
	if data == nil {
		data = []byte(xmlHead + `<Relationships xmlns="` + nsPackageRels + `">` + text + `</Relationships>`)
	} else if data, err = insertAtEnd(data, "Relationships", text); err != nil {
		return "", err
	}
	p.Set(opc.RelsName(part), data)
	return id(), nil
}

// dropRels takes relationships away from a part.
func (p *pack) dropRels(part string, which func(rel) bool) error {
	rels, data, err := p.rels(part)
	if err != nil {
		return err
	}
	p.without(part, rels, data, which)
	return nil
}

// without takes relationships away from a part, of those that were read from it.
func (p *pack) without(part string, rels []rel, data []byte, which func(rel) bool) {
	var edits []edit
	for _, r := range rels {
		if which(r) {
			edits = append(edits, edit{r.start, r.end, ""})
		}
	}
	if edits != nil {
		p.Set(opc.RelsName(part), splice(data, edits))
	}
}

// insertAtEnd puts text before the end tag of the root, which has this name.
func insertAtEnd(data []byte, root, text string) ([]byte, error) {
	s := &scanner{data: data}
	for {
		t, ok := s.next()
		if !ok {
			return nil, errXML
		}
		if t.depth != 0 || t.name != root {
			continue
		}
		if t.empty {
			open := strings.TrimRight(string(data[t.start:t.end-2]), " ") + ">"
			return splice(data, []edit{{t.start, t.end, open + text + "</" + t.prefix + t.name + ">"}}), nil
		}
		if t.closing {
			return splice(data, []edit{{t.start, t.start, text}}), nil
		}
	}
}
