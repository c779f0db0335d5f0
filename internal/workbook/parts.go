package workbook

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"taizhang/internal/opc"
)

// parts is the package as it is written. excelize makes each part; those it
// can't make alone are completed on their way into the file: the rows of a
// sheet are put into the frame it made (its own stream costs six times as much,
// leaves out sparklines and can't store a formula's value), and a chart gets
// the values it was drawn from, for programs that show charts before they
// calculate.
type parts struct {
	zip    *opc.Writer
	sheets map[string]*canvas // by part name
	caches map[string]string  // by reference, as XML
	ids    map[*canvas][]int  // looks → styles of the file
	name   string             // of the part held back
	held   bytes.Buffer
}

func newParts(out io.Writer) *parts {
	return &parts{zip: opc.NewWriter(out, opc.Small), sheets: map[string]*canvas{}, caches: map[string]string{}, ids: map[*canvas][]int{}}
}

// Create begins a part.
func (p *parts) Create(name string) (io.Writer, error) {
	if err := p.release(); err != nil {
		return nil, err
	}
	name = strings.TrimPrefix(name, "/")
	if p.sheets[name] != nil || strings.HasPrefix(name, "xl/charts/chart") {
		p.name = name
		p.held.Reset()
		return &p.held, nil
	}
	return p.zip.Create(name)
}

// AddFS is there for excelize's sake; no part comes from a folder.
func (p *parts) AddFS(fs.FS) error { return fmt.Errorf("parts of a workbook don't come from a folder") }

// Close ends the package.
func (p *parts) Close() error {
	if err := p.release(); err != nil {
		return err
	}
	return p.zip.Close()
}

// release writes the part held back, completed.
func (p *parts) release() error {
	if p.name == "" {
		return nil
	}
	out, err := p.zip.Create(p.name)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(out, 1<<16)
	if c := p.sheets[p.name]; c != nil {
		err = p.sheet(w, c, p.held.Bytes())
	} else {
		err = p.chart(w, p.held.Bytes())
	}
	p.name = ""
	if err != nil {
		return err
	}
	return w.Flush()
}

// emptyCache is what excelize leaves for the values.
const emptyCache = "<numCache><formatCode></formatCode></numCache>"

var (
	openRows   = []byte("<sheetData>")
	shutRows   = []byte("</sheetData>")
	shutFilter = []byte("</autoFilter>")
)

// sheet writes a sheet's frame with its rows and merged cells put in.
func (p *parts) sheet(w *bufio.Writer, c *canvas, frame []byte) error {
	from, to := bytes.Index(frame, openRows), bytes.Index(frame, shutRows)
	if from < 0 || to < 0 {
		return fmt.Errorf("sheet %q: the frame has no place for rows", c.name)
	}
	head, tail := frame[:from], frame[to+len(shutRows):]
	_, _ = w.Write(head)
	_, _ = w.Write(openRows)
	c.writeRows(w, p.ids[c])
	_, _ = w.Write(shutRows)
	if i := bytes.Index(tail, shutFilter); i >= 0 { // merged cells come after the filter
		_, _ = w.Write(tail[:i+len(shutFilter)])
		tail = tail[i+len(shutFilter):]
	}
	c.writeMerges(w)
	_, err := w.Write(tail)
	return err
}

// chart writes a chart with the values of its references.
func (p *parts) chart(w *bufio.Writer, text []byte) error {
	rest := string(text)
	for {
		end := strings.Index(rest, "</f>")
		if end < 0 {
			_, err := w.WriteString(rest)
			return err
		}
		start := strings.LastIndex(rest[:end], "<f>") + len("<f>")
		ref := strings.NewReplacer("&#39;", "'", "&amp;", "&", "&lt;", "<", "&gt;", ">", "&#34;", `"`).Replace(rest[start:end])
		end += len("</f>")
		_, _ = w.WriteString(rest[:end])
		kind := "numCache"
		if strings.HasSuffix(rest[:start-len("<f>")], "<strRef>") {
			kind = "strCache"
		}
		if cache := p.caches[kind+" "+ref]; cache != "" {
			_, _ = w.WriteString("<" + kind + ">" + cache + "</" + kind + ">")
			end += len(rest[end:]) - len(strings.TrimPrefix(rest[end:], emptyCache))
		}
		rest = rest[end:]
	}
}
