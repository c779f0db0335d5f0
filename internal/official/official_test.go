package official

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"testing"
)

func written(t *testing.T, d Document) map[string]string {
	t.Helper()
	var b bytes.Buffer
	if err := d.Write(&b); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(text)
	}
	return parts
}

func TestSameDocumentSameBytes(t *testing.T) {
	var a, b bytes.Buffer
	if err := sampleReport().Write(&a); err != nil {
		t.Fatal(err)
	}
	if err := sampleReport().Write(&b); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("two writes differ")
	}
}

// The orders ECMA-376 part 1 prescribes, as far as they are used here.
var order = map[string]string{
	"pPr":         "pStyle keepNext keepLines pageBreakBefore widowControl numPr pBdr shd tabs autoSpaceDE autoSpaceDN adjustRightInd snapToGrid spacing ind jc outlineLvl rPr sectPr",
	"rPr":         "rStyle rFonts b i snapToGrid color spacing w kern position sz szCs lang",
	"tblPr":       "tblStyle tblW jc tblInd tblBorders shd tblLayout tblCellMar",
	"tblBorders":  "top left bottom right insideH insideV",
	"tblCellMar":  "top left bottom right",
	"tcPr":        "tcW gridSpan vMerge tcBorders shd noWrap vAlign",
	"tbl":         "tblPr tblGrid tr",
	"tc":          "tcPr p",
	"sectPr":      "headerReference footerReference type pgSz pgMar pgNumType cols docGrid",
	"style":       "name basedOn next link uiPriority semiHidden unhideWhenUsed qFormat pPr rPr tblPr",
	"font":        "altName panose1 charset family notTrueType pitch sig",
	"settings":    "zoom evenAndOddHeaders drawingGridHorizontalSpacing drawingGridVerticalSpacing characterSpacingControl compat themeFontLang",
	"styles":      "docDefaults latentStyles style",
	"docDefaults": "rPrDefault pPrDefault",
}

// TestPackage checks what a strict reader of the file asks for.
func TestPackage(t *testing.T) {
	for name, d := range samples() {
		t.Run(name, func(t *testing.T) { checkPackage(t, written(t, d)) })
	}
}

func checkPackage(t *testing.T, parts map[string]string) {
	types := parts["[Content_Types].xml"]
	for part, text := range parts {
		if part != "[Content_Types].xml" && !strings.HasSuffix(part, ".rels") && !strings.Contains(types, `PartName="/`+part+`"`) {
			t.Errorf("%s has no content type", part)
		}
		checkOrder(t, part, text)
		if strings.HasSuffix(part, ".rels") {
			checkRels(t, part, text, parts)
		}
	}
	styles := parts["word/styles.xml"]
	for _, p := range []string{"word/document.xml", "word/footer1.xml", "word/footer2.xml"} {
		for _, m := range strings.Split(parts[p], `<w:pStyle w:val="`)[1:] {
			id, _, _ := strings.Cut(m, `"`)
			if !strings.Contains(styles, `w:styleId="`+id+`"`) {
				t.Errorf("%s: no style %q", p, id)
			}
		}
	}
}

func checkRels(t *testing.T, part, text string, parts map[string]string) {
	var rels struct {
		Relationship []struct {
			Id         string `xml:",attr"`
			Target     string `xml:",attr"`
			TargetMode string `xml:",attr"`
		}
	}
	if err := xml.Unmarshal([]byte(text), &rels); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range rels.Relationship {
		target := path.Join(path.Dir(path.Dir(part)), r.Target)
		if _, ok := parts[target]; !ok || r.TargetMode != "" {
			t.Errorf("%s: %s points to %q", part, r.Id, r.Target)
		}
		if seen[r.Id] {
			t.Errorf("%s: %s stands twice", part, r.Id)
		}
		seen[r.Id] = true
	}
}

func checkOrder(t *testing.T, part, text string) {
	type frame struct {
		name string
		at   int
	}
	var stack []frame
	dec := xml.NewDecoder(strings.NewReader(text))
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", part, err)
		}
		switch e := tok.(type) {
		case xml.StartElement:
			if n := len(stack); n > 0 {
				top := &stack[n-1]
				if want, ok := order[top.name]; ok {
					at := slices.Index(strings.Fields(want), e.Name.Local)
					if at < 0 {
						t.Errorf("%s: <%s> within <%s>", part, e.Name.Local, top.name)
					} else if at < top.at {
						t.Errorf("%s: <%s> out of order within <%s>", part, e.Name.Local, top.name)
					}
					top.at = max(top.at, at)
				}
			}
			stack = append(stack, frame{name: e.Name.Local})
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		}
	}
}

// texts returns the paragraphs of the body as style and text.
func texts(t *testing.T, d Document) []string {
	t.Helper()
	var doc struct {
		Body struct {
			P []struct {
				Style struct {
					Val string `xml:"val,attr"`
				} `xml:"pPr>pStyle"`
				T []string `xml:"r>t"`
			} `xml:"p"`
		} `xml:"body"`
	}
	if err := xml.Unmarshal([]byte(written(t, d)["word/document.xml"]), &doc); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range doc.Body.P {
		out = append(out, p.Style.Val+": "+strings.Join(p.T, ""))
	}
	return out
}

func TestText(t *testing.T) {
	d := Report{Title: "周报", Subtitle: "（截至2022年8月15日）", Blocks: Lines("一、推进\n甲<&>\"乙\"。\n\n（一）帮扶\n三、企业"),
		Signature: Signature{Unit: "办公室", Date: "2022年8月15日"}}.Document()
	want := []string{"Title: 周报", "Subtitle: （截至2022年8月15日）", "Normal: ", "Heading1: 一、推进", `BodyText: 甲<&>"乙"。`,
		"Heading2: （一）帮扶", "Heading1: 三、企业", "Normal: ", "Normal: 办公室", "Normal: 2022年8月15日"}
	if got := texts(t, d); !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestHeadingsAreNumbered(t *testing.T) {
	var c counter
	for _, h := range []struct {
		level int
		text  string
		want  string
	}{
		{1, "推进", "一、推进"}, {2, "甲", "（一）甲"}, {2, "乙", "（二）乙"}, {3, "子", "1.子"}, {4, "丑", "（1）丑"},
		{1, "五、跳过", "五、跳过"}, {1, "其后", "六、其后"}, {2, "又从头", "（一）又从头"},
	} {
		if got := c.mark(h.level, h.text); got != h.want {
			t.Errorf("level %d %q: got %q, want %q", h.level, h.text, got, h.want)
		}
	}
	for n, want := range map[int]string{1: "一", 10: "十", 11: "十一", 20: "二十", 21: "二十一", 99: "九十九", 100: "100"} {
		if got := chinese(n); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
		if got := numeral(want); got != n {
			t.Errorf("%q: got %d, want %d", want, got, n)
		}
	}
}

func TestSentenceIsNoHeading(t *testing.T) {
	for line, want := range map[string]int{"一、推进": 1, "（二）帮扶": 2, "(三)帮扶": 2, "一、这是一句话。": 0, "一是推进": 0, "推进": 0,
		"一、" + strings.Repeat("长", 60): 0} {
		if got := headingLevel(line); got != want {
			t.Errorf("%q: level %d, want %d", line, got, want)
		}
	}
}

func TestSignatureIndents(t *testing.T) {
	for _, c := range []struct {
		unit, date float64
		sealed     bool
		u, d       float64
	}{
		{12, 6.5, false, 2, 5.5}, // the date two characters further in than the unit
		{3, 6.5, false, 7.5, 2},  // a date longer than the unit
		{10, 6.5, true, 2.25, 4}, // centred on the date
		{20, 6.5, true, 0, 4},
		{42, 6.5, false, 2, 4},
		{0, 6.5, false, 0, 4},
	} {
		if u, d := signatureIndents(c.unit, c.date, c.sealed); u != c.u || d != c.d {
			t.Errorf("%v: got %v, %v", c, u, d)
		}
	}
}

func TestReminder(t *testing.T) {
	d := sampleReminder(2)
	text := written(t, d)["word/document.xml"]
	for _, want := range []string{"产业局：", "2项已超过办结时限", "2022年8月19日17:00前报送本单", "最近办理情况", "<w:tblHeader/>", "签收人", "2022-07-31",
		"欧阳某某", "______", "（手填）", "台账未载明责任人的，请在责任人栏横线上手工填写"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if got := strings.Count(text, "<w:cantSplit/>"); got != 3+2+3 {
		t.Errorf("%d rows are kept together, want 8", got)
	}
	// What is asked for can be written: below each item, over the whole width, two lines high.
	room := fmt.Sprintf(`<w:trHeight w:val="%d" w:hRule="atLeast"/></w:trPr><w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/><w:gridSpan w:val="7"/><w:vAlign w:val="top"/>`, answerHeight, textWidth)
	if got := strings.Count(text, room); got != 2 || strings.Count(text, "反馈（原因、措施、完成时间）：") != 2 {
		t.Errorf("%d items have room for an answer, want 2", got)
	}
	for _, b := range d.Blocks { // one line each, not a bracket alone on the next
		table, ok := b.(Table)
		if !ok {
			continue
		}
		for i, c := range table.Columns {
			room := float64(table.widths()[i]-2*cellPad) / tableChar
			if c.Title == "责任人" && room < 4 {
				t.Errorf("%s has room for %.2f characters: （手填） and a name of four don't fit", c.Title, room)
			}
		}
	}
	known := Reminder{Unit: "产业局", Items: []Item{{Person: "欧阳某某"}}}
	if text := written(t, known.Document())["word/document.xml"]; strings.Contains(text, "手填") || strings.Contains(text, "手工填写") {
		t.Error("a 督办单 that names everybody asks for names")
	}
}

func TestColumnsFillThePage(t *testing.T) {
	for name, table := range map[string]Table{
		"declared": {Columns: []Column{{Width: 5}, {Width: 10}, {Width: 3}}},
		"content":  {Columns: []Column{{Title: "编号"}, {Title: "事项"}}, Rows: [][]string{{"1", strings.Repeat("很长", 150)}}},
		"many":     {Columns: make([]Column, 40)},
	} {
		sum := 0
		for _, w := range table.widths() {
			if w <= 0 {
				t.Errorf("%s: a column of %d", name, w)
			}
			sum += w
		}
		if sum != textWidth {
			t.Errorf("%s: %d of %d", name, sum, textWidth)
		}
	}
}

// TestNumbersStayWhole: where a table asks for more than the page has, texts are broken and numbers are not, also in a font
// with wide digits.
func TestNumbersStayWhole(t *testing.T) {
	figures := Table{Columns: []Column{{Title: "指标"}, {Title: "本期"}, {Title: "分子/分母"}, {Title: "上周"}, {Title: "变动"}, {Title: "目标"}, {Title: "灯"}, {Title: "覆盖情况"}}, Rows: [][]string{
		{"企业反馈问题解决率", "73.5%", "122/166", "66.9%", "▲6.6百分点", "60.0%", "绿", "缺报1份"},
		{"兑付惠企资金", "906.77万元", "1,591/1,847", "906.77万元", "持平", "500万元", "绿", "齐全"},
	}}
	const digit = 0.64 // of DejaVu Sans, which LibreOffice takes where 仿宋 is missing
	for i, w := range figures.widths() {
		room := float64(w-2*cellPad) / tableChar
		for _, row := range figures.Rows {
			if long := unbroken(row[i]); float64(len(long))*digit > room {
				t.Errorf("%q is broken in a column of %.1f characters", long, room)
			}
		}
		if i == 0 && room < 4.5 {
			t.Errorf("the names have room for %.1f characters", room)
		}
	}
}
