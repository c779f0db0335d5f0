package ingest

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/read"
	"taizhang/ingest/receipt"
	"taizhang/ingest/template"
	"taizhang/internal/calendar"
)

// filledTemplate makes a template, fills it in as a clerk would and lets bend have its way with it.
func filledTemplate(t *testing.T, in *Intake, bend func(f *excelize.File)) *read.Parsed {
	t.Helper()
	var wanted []template.Form
	for _, id := range []string{"problem", "incentive"} {
		s := template.Of(in.Forms.Get(id))
		s.Period = map[string]string{"problem": "2022-W32", "incentive": "2022-07"}[id]
		wanted = append(wanted, s)
	}
	content, err := template.Write(wanted, []template.Enterprise{{Name: "甲公司", Code: "91430300MA4L16JJ55"}}, receipt.Office{Zone: "临江经开区"}, "财政局")
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	fill := func(sheet string, values ...any) {
		for i, v := range values {
			if v == nil {
				continue
			}
			ref, _ := excelize.CoordinatesToCellName(i+1, 6)
			if err := f.SetCellValue(sheet, ref, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	fill("问题台账", "CZ-1", "走访调研", "企业难题", "园区道路积水", nil, "青山街道", "财政局", "李四", "2022-08-01", "2022-08-30", "已办结", "2022-08-10", "已疏通", "满意")
	fill("惠企资金兑付台账", "甲公司", nil, "智能制造", "12号", "10.5", "9.75", "2022-07-05") // the code is left to the formula
	if bend != nil {
		bend(f)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return in.read.Parse(read.File{Name: "报送.xlsx", Content: out.Bytes(), ReceivedAt: time.Date(2022, 8, 15, 9, 0, 0, 0, in.Zone.Location)})
}

const filledRows = `problem 2022-W32
  row,problem_no,source,list,description,street,lead_unit,responsible,assigned_on,deadline,status,closed_on,progress_note,satisfaction
  6,CZ-1,走访调研,企业难题,园区道路积水,青山街道,财政局,李四,2022-08-01,2022-08-30,已办结,2022-08-10,已疏通,满意
incentive 2022-07
  row,enterprise,enterprise_code,programme,document_no,applied_amount,paid_amount,paid_on
  6,甲公司,91430300MA4L16JJ55,智能制造,12号,105000.00,97500.00,2022-07-05
`

// TestTemplateIsKnown: a filled template is read whatever happened to its headings.
func TestTemplateIsKnown(t *testing.T) {
	in := testIntake(t, officeZone)
	set := func(f *excelize.File, sheet string, refs map[string]string) {
		for ref, s := range refs {
			if err := f.SetCellStr(sheet, ref, s); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, c := range map[string]struct {
		bend func(f *excelize.File)
		says string // a finding about it
		down int    // rows by which the data moved
	}{
		"as it is": {},
		"headings deleted": {bend: func(f *excelize.File) {
			for col := 1; col <= 16; col++ {
				for _, s := range []string{"问题台账", "惠企资金兑付台账"} {
					ref, _ := excelize.CoordinatesToCellName(col, 4)
					set(f, s, map[string]string{ref: ""})
				}
			}
			set(f, "问题台账", map[string]string{"A1": "", "A3": ""})
			set(f, "惠企资金兑付台账", map[string]string{"A1": "", "A3": ""})
		}, says: "heading_by_place"},
		"headings rewritten": {bend: func(f *excelize.File) {
			set(f, "问题台账", map[string]string{"A4": "甲", "D4": "乙", "K4": "丙", "N4": "丁"})
			set(f, "惠企资金兑付台账", map[string]string{"A4": "客户", "F4": "到手"})
		}, says: "heading_by_place"},
		"sheets renamed": {bend: func(f *excelize.File) {
			for from, to := range map[string]string{"问题台账": "一", "惠企资金兑付台账": "二"} {
				if err := f.SetSheetName(from, to); err != nil {
					t.Fatal(err)
				}
				set(f, to, map[string]string{"A1": "", "A4": "", "B4": "", "C4": "", "D4": ""})
			}
		}, says: "heading_by_place"},
		"rows put in above, heading deleted": {down: 2, bend: func(f *excelize.File) {
			if err := f.InsertRows("问题台账", 2, 2); err != nil {
				t.Fatal(err)
			}
			set(f, "问题台账", map[string]string{"A6": "", "G6": ""})
			if err := f.InsertRows("惠企资金兑付台账", 2, 2); err != nil {
				t.Fatal(err)
			}
		}, says: "heading_by_place"},
		"an earlier form of the template": {bend: func(f *excelize.File) {
			set(f, heading.MarkerSheet, map[string]string{"C2": "0000", "C3": "0000", "U2": "gone_field"})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			p := filledTemplate(t, in, c.bend)
			if p.Failed != nil {
				t.Fatalf("not read: %+v", p.Failed.Findings)
			}
			var b strings.Builder
			said := false
			for _, pt := range p.Parts {
				fmt.Fprintf(&b, "%s %s\n%s", pt.Form.ID, pt.Ret.Period, rowsText(in, pt))
				for _, f := range pt.Ret.Findings {
					said = said || f.Rule == c.says
					if f.Severity == finding.Error {
						t.Errorf("%s %s: %s", f.Cell, f.Rule, f.Message)
					}
				}
			}
			want := strings.ReplaceAll(filledRows, "\n  6,", fmt.Sprintf("\n  %d,", 6+c.down))
			if b.String() != want {
				t.Errorf("got\n%swant\n%s", b.String(), want)
			}
			if said != (c.says != "") {
				t.Errorf("a finding says so: %v", said)
			}
		})
	}
}

// TestTemplateWithAnotherTable: what a sheet says itself outweighs where it came from.
func TestTemplateWithAnotherTable(t *testing.T) {
	in := testIntake(t, officeZone)
	p := filledTemplate(t, in, func(f *excelize.File) {
		for i, h := range []string{"任务编号", "批次", "任务名称", "牵头单位", "完成时限", "状态"} {
			ref, _ := excelize.CoordinatesToCellName(i+1, 4)
			if err := f.SetCellStr("问题台账", ref, h); err != nil {
				t.Fatal(err)
			}
		}
		for col := 7; col <= 16; col++ {
			ref, _ := excelize.CoordinatesToCellName(col, 4)
			if err := f.SetCellStr("问题台账", ref, ""); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.SetCellStr("问题台账", "A1", "六个一批重点任务"); err != nil {
			t.Fatal(err)
		}
	})
	if len(p.Parts) == 0 || p.Parts[0].Form.ID != "key_task" {
		t.Errorf("read as %+v", p.Parts[0].Form.ID)
	}
}

// TestTemplateLeftEmpty: a template that comes back before its period is over and says nothing is no nil return: where
// nothing else is in the file it is sent back, beside a form that was filled in it is named. 本期无, or a period that is
// over, makes it one.
func TestTemplateLeftEmpty(t *testing.T) {
	in := testIntake(t, officeZone)
	hand := func(at string, fill map[string]string) *read.Parsed {
		t.Helper()
		var wanted []template.Form
		for id, period := range map[string]string{"financing": "2022-08", "enterprise": "2022-08"} {
			s := template.Of(in.Forms.Get(id))
			s.Period = period
			wanted = append(wanted, s)
		}
		content, err := template.Write(wanted, nil, receipt.Office{Zone: "临江经开区"}, "经发局")
		if err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenReader(bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for place, text := range fill {
			sheetName, ref, _ := strings.Cut(place, "!")
			if err := f.SetCellStr(sheetName, ref, text); err != nil {
				t.Fatal(err)
			}
		}
		var out bytes.Buffer
		if err := f.Write(&out); err != nil {
			t.Fatal(err)
		}
		when, err := time.ParseInLocation("2006-01-02 15:04", at, in.Zone.Location)
		if err != nil {
			t.Fatal(err)
		}
		return in.read.Parse(read.File{Name: "报送.xlsx", Content: out.Bytes(), ReceivedAt: when})
	}
	forms := func(p *read.Parsed) string {
		var out []string
		if p.Failed != nil {
			out = append(out, p.Failed.Findings[0].Rule)
		}
		for _, pt := range p.Parts {
			nothing := ""
			if pt.Ret.Nil {
				nothing = " nil"
			}
			out = append(out, pt.Form.ID+nothing)
		}
		slices.Sort(out)
		return strings.Join(out, ", ")
	}
	row := map[string]string{"融资对接台账!A6": "甲公司", "融资对接台账!B6": "建行", "融资对接台账!C6": "100", "融资对接台账!E6": "对接中"}
	said := maps.Clone(row)
	said["企业名录!A6"] = "本期无"
	for name, c := range map[string]struct {
		at   string
		fill map[string]string
		want string
	}{
		"early and empty":         {"2022-08-15 09:00", nil, "not_filled"},
		"early, one filled":       {"2022-08-15 09:00", row, "financing"},
		"early, the other is nil": {"2022-08-15 09:00", said, "enterprise nil, financing"},
		"late and empty":          {"2022-09-02 09:00", nil, "enterprise nil, financing nil"},
		"late, one filled":        {"2022-09-02 09:00", row, "financing"},
	} {
		p := hand(c.at, c.fill)
		if got := forms(p); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
		if skipped := strings.Join(p.Skipped, " "); strings.Contains(c.want, "financing") && !strings.Contains(c.want, "enterprise") && !strings.Contains(skipped, "「企业名录」：未填") {
			t.Errorf("%s: the receipt says %q of the empty sheet", name, skipped)
		}
	}
}

// templateOf is the template of a form for a period, with its head and the example below it.
func templateOf(t *testing.T, form *forms.Form, period calendar.Period) (f *excelize.File, head, example []string) {
	t.Helper()
	s := template.Of(form)
	s.Period, s.Day = period.Chinese(), period.Start
	content, err := template.Write([]template.Form{s}, nil, receipt.Office{Zone: "临江经开区"}, "财政局")
	if err != nil {
		t.Fatal(err)
	}
	if f, err = excelize.OpenReader(bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows(f.GetSheetName(1))
	if err != nil || len(rows) < 5 {
		t.Fatal(form.ID, err)
	}
	return f, rows[3], rows[4]
}

// TestExampleRowIsRight: the example of every form keeps the rules that it is an example of, and its dates are of the
// period; once it is a row of data, nothing is said against it.
func TestExampleRowIsRight(t *testing.T) {
	in := testIntake(t, officeZone)
	for _, form := range in.Forms.Forms {
		day := form.Frequency.Of(calendar.NewDate(2026, 11, 25))
		f, _, example := templateOf(t, form, day)
		name := f.GetSheetName(1)
		for i, text := range example {
			if strings.Contains(text, "2022") {
				t.Errorf("%s: the example has %s", form.ID, text)
			}
			text = strings.TrimPrefix(text, heading.ExamplePrefix+"：")
			if typ := string(form.Columns[i].Type); text == "……" || strings.HasPrefix(text, "18位") || typ == "person" || typ == "id" || typ == "phone" {
				continue // says only what belongs there
			}
			ref, _ := excelize.CoordinatesToCellName(i+1, 6)
			if err := f.SetCellStr(name, ref, text); err != nil {
				t.Fatal(err)
			}
		}
		var out bytes.Buffer
		if err := f.Write(&out); err != nil {
			t.Fatal(err)
		}
		f.Close()
		p := in.read.Parse(read.File{Name: "报送.xlsx", Content: out.Bytes(), ReceivedAt: time.Date(2026, 12, 15, 9, 0, 0, 0, in.Zone.Location)})
		if len(p.Parts) != 1 || p.Parts[0].Ret.Period != day {
			t.Fatalf("%s: not read as what it is: %+v", form.ID, p.Failed)
		}
		for _, x := range p.Parts[0].Ret.Findings {
			if x.Row == 6 && x.Rule != "required" && x.Severity != finding.Info {
				t.Errorf("%s: the example is told: %s %s %s", form.ID, x.Cell, x.Value, x.Message)
			}
		}
	}
}

// TestExampleNeverCounts: the example of a template is no data, whatever it was saved as and wherever its columns were moved to;
// once it has values of its own it is, though its mark still stands there, and is asked about.
func TestExampleNeverCounts(t *testing.T) {
	in := testIntake(t, officeZone)
	for _, form := range in.Forms.Forms {
		day := form.Frequency.Of(calendar.NewDate(2026, 11, 25))
		f, head, example := templateOf(t, form, day)
		f.Close()
		hand := func(head, cells []string) *read.Part {
			text := form.Title + "（" + day.Chinese() + "）\n填报单位：财政局\n" + strings.Join(head, ",") + "\n" + strings.Join(cells, ",") + "\n"
			p := in.read.Parse(read.File{Name: "报送.csv", Content: []byte(text), ReceivedAt: time.Date(2026, 12, 15, 9, 0, 0, 0, in.Zone.Location)})
			if len(p.Parts) != 1 {
				t.Fatalf("%s: not read as what it is: %+v", form.ID, p.Failed)
			}
			return p.Parts[0]
		}
		moved := func(s []string) []string { return append(slices.Clone(s[len(s)/2:]), s[:len(s)/2]...) }
		for _, pt := range []*read.Part{hand(head, example), hand(moved(head), moved(example))} {
			if len(pt.Records) > 0 || slices.ContainsFunc(pt.Ret.Findings, func(x finding.Finding) bool { return x.Row > 0 }) {
				t.Errorf("%s: the example counts or is spoken of: %+v", form.ID, pt.Ret.Findings)
			}
		}
		own := slices.Clone(example)
		for i, c := range form.Columns {
			switch c.Type {
			case forms.List, forms.Date, forms.Month:
			case forms.Int, forms.Money, forms.Percent:
				own[i] = "7"
			default:
				own[i] = "财政局"
			}
		}
		own[0] = heading.ExamplePrefix + "：" + strings.TrimPrefix(own[0], heading.ExamplePrefix+"：")
		pt := hand(head, own)
		if len(pt.Records)+len(pt.Refused) != 1 || !slices.ContainsFunc(pt.Ret.Findings, func(x finding.Finding) bool { return x.Rule == "example_marked" }) {
			t.Errorf("%s: a row with values of its own is no data, or not asked about: %+v", form.ID, pt.Ret.Findings)
		}
		if left := slices.Index(example[1:], heading.ExampleText(forms.Text)) + 1; left > 0 { // as it was handed out, the others typed over
			own[left] = example[left]
			if pt := hand(head, own); !slices.ContainsFunc(pt.Ret.Findings, func(x finding.Finding) bool { return x.Rule == "example_marked" }) {
				t.Errorf("%s: an example that was partly typed over goes in silence: %+v", form.ID, pt.Ret.Findings)
			}
		}
	}
}

// TestTemplatePeriod: a template made for a later period than the one its 报送期 now names is a statement like others; an
// old template that is used again says nothing.
func TestTemplatePeriod(t *testing.T) {
	in := testIntake(t, officeZone)
	for _, c := range []struct {
		issued, cell, rule string
	}{
		{"2022年第33周", "2022年第31周", "period_differs"},
		{"2022年第31周", "2022年第33周", ""},
		{"2022年第33周", "2022年第33周", ""},
	} {
		s := template.Of(in.Forms.Get("problem"))
		s.Period = c.issued
		content, err := template.Write([]template.Form{s}, nil, receipt.Office{Zone: "临江经开区"}, "青山街道")
		if err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenReader(bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := f.GetRows("问题台账")
		if err != nil {
			t.Fatal(err)
		}
		at := slices.Index(rows[1], "报送期：")
		ref, _ := excelize.CoordinatesToCellName(at+2, 2)
		if err := f.SetCellStr("问题台账", ref, c.cell); err != nil {
			t.Fatal(err)
		}
		for i, v := range []string{"Q-1", "走访调研", "企业难题", "园区道路积水", "", "青山街道", "财政局", "李四", "2022-08-01", "2022-08-30", "办理中"} {
			ref, _ := excelize.CoordinatesToCellName(i+1, 6)
			if err := f.SetCellStr("问题台账", ref, v); err != nil {
				t.Fatal(err)
			}
		}
		var out bytes.Buffer
		if err := f.Write(&out); err != nil {
			t.Fatal(err)
		}
		f.Close()
		p := in.read.Parse(read.File{Name: "报送.xlsx", Folder: "青山街道", Content: out.Bytes(), ReceivedAt: time.Date(2022, 8, 22, 9, 0, 0, 0, in.Zone.Location)})
		if len(p.Parts) != 1 {
			t.Fatalf("%+v", p.Failed)
		}
		if got := rules(p.Parts[0].Ret); got != c.rule {
			t.Errorf("made for %s, says %s: %s, want %q", c.issued, c.cell, got, c.rule)
		}
	}
}
