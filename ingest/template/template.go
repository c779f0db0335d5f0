// Package template makes the workbooks that returns are filled in with, and
// fills them in from what a unit handed in before: a ledger to be carried on, a
// period's rows to be corrected.
//
// Words: the book is the workbook being made; its marker is the very hidden
// sheet by which intake knows it again ([heading.MarkerSheet]); the directory is
// 企业名录, from which names are chosen; to prefill is to write a return's rows,
// as the sender wrote them, into the template for the next one.
package template

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"taizhang/ingest/fit"
	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/receipt"
	"taizhang/ingest/sheet"
	"taizhang/internal/calendar"
	"taizhang/internal/lang"
)

// Form is a form as a template shows it; [Of] makes one from its declaration.
type Form struct {
	ID, Title, Version string
	Columns            []Column
	Period             string        // filled in as 报送期 where it isn't empty
	Day                calendar.Date // a day of the period, of which samples are made; zero or NoDate: samples show no date
	Cutoff             calendar.Date // 截至; zero or NoDate: left empty
	// Rows are filled in, a value a column: string, number, calendar.Date,
	// time.Time, or nil. A string in a money, int or percent column that is a
	// number is written as one, digit by digit; every other string stays text.
	Rows [][]any
}

// Column is a column to fill in.
type Column struct {
	Field    string // of the form, by which intake knows the column again
	Title    string
	Type     string // code text list unit int money percent date month person id phone uscc taxno firm
	Required bool
	List     []string // what may be chosen; of a date column: words that may stand instead
	Note     string   // shown when the cell is chosen
	Unit     string   // of money: 元, 万元, 亿元
	NamesOf  string   // of an enterprise's name: the field with its code, which the directory fills in
	Example  string   // for the example row; made up from the type if empty
	After    int      // of a date: how many days after the others the example's lies
}

// Enterprise is a line of the directory (企业名录).
type Enterprise struct{ Name, Code string }

const (
	headRow   = 4  // header row
	blankRows = 18 // empty rows that are printed, beyond those filled in
	lastRow   = 5000
	maxPrompt = 200
)

// Write makes a workbook to fill in, a sheet for each form. Where a form names enterprises, their names are offered
// from the directory, and choosing one fills in its code.
func Write(forms []Form, directory []Enterprise, office receipt.Office, submitterName string) ([]byte, error) {
	if len(forms) == 0 {
		return nil, lang.Errorf("template without forms", "模板中没有表样")
	}
	t := &book{f: excelize.NewFile(), styles: map[string]int{}, directory: directory}
	defer t.f.Close()
	if err := t.workbook(forms, office, submitterName); err != nil {
		return nil, lang.Errorf("write the template: %w", "写模板：%w", err)
	}
	var buf bytes.Buffer
	if err := t.f.Write(&buf); err != nil {
		return nil, lang.Errorf("write the template: %w", "写模板：%w", err)
	}
	return buf.Bytes(), nil
}

// book is a workbook being made. After the first error it does nothing.
type book struct {
	f      *excelize.File
	styles map[string]int
	lists  int // columns of the marker sheet taken by lists
	err    error

	directory []Enterprise
	names     string // where the directory's names stand on the marker sheet, "" while they don't
	codes     string // names and codes together
}

func (t *book) workbook(forms []Form, office receipt.Office, submitterName string) error {
	t.do(t.f.SetSheetName("Sheet1", heading.MarkerSheet))
	t.do(t.f.SetSheetRow(heading.MarkerSheet, "A1", &[]string{"taizhang-template", "form", "version", "header_row", "fields"}))
	taken := map[string]bool{strings.ToLower(heading.MarkerSheet): true}
	for i, form := range forms {
		base := fit.SheetName(strings.Trim(form.Title, "“”"), 1)
		name := base
		for n := 2; taken[strings.ToLower(name)]; n++ {
			name = fit.Clip(base, 28) + fmt.Sprint(n)
		}
		taken[strings.ToLower(name)] = true
		_, err := t.f.NewSheet(name)
		t.do(err)
		marker := []any{name, form.ID, strings.TrimSpace(form.Version + " " + form.Period), headRow}
		for _, c := range form.Columns {
			marker = append(marker, strings.TrimSpace(c.Field+" "+c.Unit))
		}
		t.do(t.f.SetSheetRow(heading.MarkerSheet, fmt.Sprintf("A%d", i+2), &marker))
		t.form(name, form, office, submitterName)
	}
	t.f.SetActiveSheet(1)
	t.do(t.f.SetSheetVisible(heading.MarkerSheet, false, true))
	t.do(t.f.SetDocProps(&excelize.DocProperties{Creator: receipt.Author, Title: office.Zone + "报送表"}))
	return t.err
}

func (t *book) do(err error) {
	if t.err == nil {
		t.err = err
	}
}

// style gives a cell format, made once.
func (t *book) style(name string, make func(*excelize.Style)) int {
	if id, ok := t.styles[name]; ok {
		return id
	}
	s := &excelize.Style{
		Font:       &excelize.Font{Family: "宋体", Size: 11},
		Alignment:  &excelize.Alignment{Vertical: "center", WrapText: true},
		Protection: &excelize.Protection{Locked: true},
	}
	make(s)
	id, err := t.f.NewStyle(s)
	t.do(err)
	t.styles[name] = id
	return id
}

func ruled(s *excelize.Style) {
	for _, side := range []string{"left", "right", "top", "bottom"} {
		s.Border = append(s.Border, excelize.Border{Type: side, Style: 1, Color: "808080"})
	}
}

func shade(s *excelize.Style, colour string) {
	s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
}

// form fills one sheet.
func (t *book) form(name string, form Form, office receipt.Office, submitterName string) {
	last := max(len(form.Columns), 6)
	t.columns(name, form, last)
	title := t.style("title", func(s *excelize.Style) {
		s.Font.Size, s.Font.Bold, s.Alignment.Horizontal = 18, true, "center"
	})
	t.text(name, 1, 1, office.Zone+form.Title, title)
	t.do(t.f.MergeCell(name, "A1", sheet.Ref(1, last)))
	t.do(t.f.SetRowHeight(name, 1, 34))
	t.identity(name, form, submitterName)
	note := t.style("note", func(s *excelize.Style) { s.Font.Size, s.Font.Color = 10, "595959" })
	says := notes(form, office, submitterName)
	t.text(name, 3, 1, says, note)
	t.do(t.f.MergeCell(name, "A3", sheet.Ref(3, last)))
	wide := 0
	for i := range last {
		wide += int(t.width(form, i))
	}
	t.do(t.f.SetRowHeight(name, 3, float64(fit.Lines(says, max(wide*11/10, 20)))*15+6))
	t.header(name, form)
	t.rows(name, form)
	for i, c := range form.Columns {
		t.validate(name, i+1, c, form.Day)
	}
	t.fillCodes(name, form)
	t.do(t.f.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: headRow, TopLeftCell: sheet.Ref(headRow+1, 1), ActivePane: "bottomLeft"}))
	t.do(t.f.ProtectSheet(name, &excelize.SheetProtectionOptions{SelectLockedCells: true, SelectUnlockedCells: true, FormatCells: true,
		FormatColumns: true, FormatRows: true, InsertRows: true, DeleteRows: true, Sort: true, AutoFilter: true}))
	t.page(name, form)
}

// columns sets widths, and leaves every cell open for filling in until it is
// closed: a row can only be deleted if all of it is open.
func (t *book) columns(name string, form Form, last int) {
	plain := t.style("open", open)
	for i := range last {
		col, id := sheet.ColumnName(i+1), plain
		if i < len(form.Columns) {
			id = t.valueStyle(form.Columns[i].Type) // with its lines, so that every row that may be filled in has them
		}
		t.do(t.f.SetColWidth(name, col, col, t.width(form, i)))
		t.do(t.f.SetColStyle(name, col, id))
	}
	t.do(t.f.SetColStyle(name, sheet.ColumnName(last+1)+":XFD", plain))
	t.do(t.f.SetCellStyle(name, "A1", sheet.Ref(headRow-1, last), plain)) // no lines above the head
}

// width is how wide column i is, from 0; a column beyond the form's is there for the rows above its head.
func (t *book) width(form Form, i int) float64 {
	w := 14.0
	if i < len(form.Columns) {
		w = columnWidth(form.Columns[i])
	}
	if i == 3 { // 报送期
		w = max(w, 20)
	}
	return w
}

func open(s *excelize.Style) { s.Protection = &excelize.Protection{Locked: false} }

// columnWidth is wide enough for the header and what usually stands below it.
func columnWidth(c Column) float64 {
	w := map[string]int{"code": 15, "list": 14, "unit": 16, "int": 10, "money": 15, "percent": 9, "date": 13, "month": 13,
		"person": 10, "id": 22, "phone": 14, "uscc": 22, "taxno": 22, "firm": 26}[c.Type]
	if w == 0 {
		w = 22
		if strings.Contains(c.Title, "描述") || strings.Contains(c.Title, "情况") || strings.Contains(c.Title, "事项") {
			w = 36
		}
	}
	return float64(max(w, fit.Width(headText(c))+2))
}

func headText(c Column) string {
	s := c.Title
	if c.Type == "money" && c.Unit != "" {
		s += "（" + c.Unit + "）"
	}
	if c.Required {
		s += "*"
	}
	return s
}

// identity is the row that says whose return it is and for when.
func (t *book) identity(name string, form Form, submitterName string) {
	label := t.style("label", func(s *excelize.Style) {
		s.Font.Bold, s.Alignment.Horizontal = true, "right"
	})
	under := func(s *excelize.Style) {
		open(s)
		s.Border = []excelize.Border{{Type: "bottom", Style: 1, Color: "808080"}}
	}
	value := t.style("value", func(s *excelize.Style) { under(s); s.CustomNumFmt = &textFormat })
	date := t.style("valuedate", func(s *excelize.Style) { under(s); s.CustomNumFmt = &dateFormat; s.Alignment.Horizontal = "left" })
	t.text(name, 2, 1, "填报单位：", label)
	t.text(name, 2, 2, submitterName, value)
	t.text(name, 2, 3, "报送期：", label)
	t.text(name, 2, 4, form.Period, value)
	t.text(name, 2, 5, "截至：", label)
	t.do(t.f.SetCellStyle(name, "F2", "F2", date))
	if form.Cutoff > 0 {
		t.set(name, 2, 6, "date", form.Cutoff)
	}
	t.do(t.f.SetRowHeight(name, 2, float64(fit.Lines(form.Period, int(t.width(form, 3))))*16+8))
	week, month, day := "“2022年第33周”", "“2022年8月”", "年-月-日"
	if form.Day > 0 {
		week, month, day = "“"+calendar.WeekOf(form.Day).Chinese()+"”", "“"+calendar.MonthOf(form.Day).Chinese()+"”", form.Day.String()
	}
	t.prompt(name, "D2", "报送期", "周报写"+week+"，月报写"+month+"。")
	t.prompt(name, "F2", "截至", "表内数据截至的日期，如 "+day+"。")
}

func notes(form Form, office receipt.Office, submitter string) string {
	s := []string{"注：带 * 的必须填写；灰色示例行供参考，系统会自动略过；从第 " + fmt.Sprint(headRow+2) + " 行起填写，可插入行。"}
	var units []string
	for _, c := range form.Columns {
		if c.Type == "money" && c.Unit != "" {
			units = append(units, c.Title+"（"+c.Unit+"）")
		}
	}
	if len(units) > 0 {
		s = append(s, "金额单位："+strings.Join(units, "、")+"，只填数字。")
	}
	s = append(s, "本期没有内容的，在第一个填写行写“本期无”。")
	if submitter != "" {
		s = append(s, "填好后在台账网页上传，或放入“"+submitter+"”文件夹（inbox/"+submitter+"）。")
	} else {
		s = append(s, "填好后在台账网页上传，或放入以本单位名称命名的文件夹（inbox/填报单位）。")
	}
	if office.Contact != "" {
		s = append(s, "有疑问请联系："+fit.OneLine(office.Contact))
	}
	return strings.Join(s, "")
}

func (t *book) header(name string, form Form) {
	plain := func(s *excelize.Style) {
		ruled(s)
		shade(s, "D9E2EC")
		s.Font.Bold, s.Alignment.Horizontal = true, "center"
	}
	head := t.style("head", plain)
	required := t.style("headrequired", func(s *excelize.Style) { plain(s); s.Font.Color = "C00000" })
	for i, c := range form.Columns {
		id := head
		if c.Required {
			id = required
		}
		t.text(name, headRow, i+1, headText(c), id)
		if c.Note != "" {
			t.do(t.f.AddComment(name, excelize.Comment{Cell: sheet.Ref(headRow, i+1), Author: receipt.GuideAuthor,
				Paragraph: []excelize.RichTextRun{{Text: c.Note}}, Width: 260, Height: 90}))
		}
	}
	t.do(t.f.SetRowHeight(name, headRow, 30))
}

// rows writes the example, what is filled in already, and ruled empty rows.
func (t *book) rows(name string, form Form) {
	example := t.style("example", func(s *excelize.Style) {
		ruled(s)
		shade(s, "EDEDED")
		s.Font.Italic, s.Font.Color = true, "7F7F7F"
		s.CustomNumFmt = &textFormat
	})
	for i, c := range form.Columns {
		text := exampleText(c, form.Day)
		if i == 0 {
			text = heading.ExamplePrefix + "：" + text
		}
		t.text(name, headRow+1, i+1, text, example)
	}
	first := headRow + 2
	end := lastRuled(form)
	for i, c := range form.Columns {
		t.do(t.f.SetCellStyle(name, sheet.Ref(first, i+1), sheet.Ref(end, i+1), t.valueStyle(c.Type)))
	}
	for r, row := range form.Rows {
		for i, c := range form.Columns {
			if i < len(row) && row[i] != nil {
				t.set(name, first+r, i+1, c.Type, row[i])
			}
		}
	}
}

// lastRuled is the last row that is printed though it may be empty; the columns have lines further down, too.
func lastRuled(form Form) int { return headRow + 1 + len(form.Rows) + blankRows }

func exampleText(c Column, day calendar.Date) string {
	if c.Example != "" {
		return c.Example
	}
	switch typ := forms.Type(c.Type); typ {
	case forms.List, forms.Unit:
		if len(c.List) > 0 {
			return c.List[0]
		}
		return heading.ExampleText(forms.Text)
	case forms.Date:
		if day <= 0 {
			return "年-月-日"
		}
		return (day + calendar.Date(c.After)).String()
	case forms.Month:
		if day <= 0 {
			return "年月"
		}
		return calendar.MonthOf(day).Chinese()
	default:
		return heading.ExampleText(typ)
	}
}

var (
	textFormat    = "@"
	dateFormat    = "yyyy-mm-dd"
	monthFormat   = `yyyy"年"m"月"`
	moneyFormat   = "#,##0.00####"
	percentFormat = "0.##%"
	intFormat     = "0"
)

// valueStyle is the format of the cells to fill in.
func (t *book) valueStyle(typ string) int {
	return t.style(typ+" value", func(s *excelize.Style) {
		open(s)
		ruled(s)
		switch typ {
		case "date":
			s.CustomNumFmt, s.Alignment.Horizontal = &dateFormat, "center"
		case "month":
			s.CustomNumFmt, s.Alignment.Horizontal = &monthFormat, "center"
		case "money":
			s.CustomNumFmt = &moneyFormat
		case "percent":
			s.CustomNumFmt = &percentFormat
		case "int":
			s.CustomNumFmt = &intFormat
		case "list", "unit":
			s.Alignment.Horizontal = "center"
		default:
			s.CustomNumFmt = &textFormat // numbers keep their zeros, formulas stay text
		}
	})
}

func (t *book) text(name string, row, col int, text string, style int) {
	ref := sheet.Ref(row, col)
	t.do(t.f.SetCellStr(name, ref, escapeless(text)))
	t.do(t.f.SetCellStyle(name, ref, ref, style))
}

// set writes a value to fill in; the cell has its format already.
func (t *book) set(name string, row, col int, typ string, value any) {
	ref := sheet.Ref(row, col)
	switch v := value.(type) {
	case calendar.Date:
		if v.Valid() {
			t.do(t.f.SetCellInt(name, ref, int64(v-calendar.NewDate(1899, 12, 30))))
		}
	case time.Time:
		t.set(name, row, col, typ, calendar.Of(v))
	case string:
		numeric := typ == "money" || typ == "int" || typ == "percent"
		if numeric && plainNumber(v) {
			t.do(t.f.SetCellDefault(name, ref, v))
		} else {
			t.do(t.f.SetCellStr(name, ref, escapeless(v)))
		}
	default:
		t.do(t.f.SetCellValue(name, ref, v))
	}
}

// escapeless drops what XML can't hold.
func escapeless(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
}

func plainNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole, part, dot := strings.Cut(s, ".")
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	return digits(whole) && (!dot || digits(part)) && len(s) <= 15
}

// page makes it print on A4 as it is.
func (t *book) page(name string, form Form) {
	size, wide, tall, fit, orientation := 9, 1, 0, true, "landscape"
	if len(form.Columns) <= 6 {
		orientation = "portrait"
	}
	height := 20.0
	t.do(t.f.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit, CustomHeight: &fit, DefaultRowHeight: &height}))
	t.do(t.f.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &size, Orientation: &orientation, FitToWidth: &wide, FitToHeight: &tall}))
	margin := 0.5
	t.do(t.f.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{Left: &margin, Right: &margin, Top: &margin, Bottom: &margin}))
	t.do(t.f.SetHeaderFooter(name, &excelize.HeaderFooterOptions{OddFooter: "&R第 &P 页 共 &N 页"}))
	t.do(t.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: name,
		RefersTo: fmt.Sprintf("'%s'!$%d:$%d", strings.ReplaceAll(name, "'", "''"), headRow, headRow)}))
}
