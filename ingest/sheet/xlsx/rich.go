package xlsx

import (
	"bytes"

	"taizhang/ingest/sheet/stored"
	"taizhang/internal/xmlscan"
)

// richText joins the runs of a CT_Rst (si, is) whose start was just told. The
// phonetic runs (rPh) are how the text is pronounced, not what it says. A run may
// be struck through (18.4.10).
func richText(x *xmlscan.Scanner, dst []byte) (text []byte, seen stored.Runs, err error) {
	r := richScan{text: dst}
	err = x.Within(func(t xmlscan.Token) error {
		switch t {
		case xmlscan.Start:
			r.start(x)
		case xmlscan.CharData:
			return r.add(x)
		case xmlscan.End:
			r.end(x.Depth)
		}
		return nil
	})
	if err != nil {
		return r.text, stored.Runs{}, err
	}
	return r.text, r.seen, nil
}

// richScan is where a CT_Rst is being read.
type richScan struct {
	text            []byte
	seen            stored.Runs
	inText, inSound int  // the depth of <t> and <rPh> while one is open, else 0
	font, struck    bool // of the run at hand: has a font of its own, struck through
}

func (r *richScan) start(x *xmlscan.Scanner) {
	switch string(x.Name) {
	case "r":
		r.font, r.struck = false, false
	case "rPr":
		r.font = true
	case "strike":
		v := x.AttrString("val")
		r.struck = v != "0" && v != "false"
	case "rPh":
		if r.inSound == 0 {
			r.inSound = x.Depth
		}
	case "t":
		if r.inSound == 0 {
			r.inText = x.Depth
		}
	}
}

func (r *richScan) add(x *xmlscan.Scanner) (err error) {
	if r.inText == 0 || x.Depth != r.inText {
		return nil
	}
	if len(bytes.TrimSpace(x.Text)) > 0 {
		r.seen.Some, r.seen.Rest, r.seen.Own = r.seen.Some || r.font && r.struck, r.seen.Rest || r.font && !r.struck, r.seen.Own || !r.font
	}
	r.text, err = stored.AppendText(r.text, x.Text, x.CDATA)
	return err
}

func (r *richScan) end(depth int) {
	if depth < r.inText {
		r.inText = 0
	}
	if depth < r.inSound {
		r.inSound = 0
	}
}
