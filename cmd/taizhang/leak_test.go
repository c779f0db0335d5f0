package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/xuri/excelize/v2"

	"taizhang/ingest/secret"
	"taizhang/internal/warehouse"
)

// Numbers planted by TestLeak are invented, and begin so that a piece of each is known wherever it turns up.
var planted = map[string]string{"mobile": "1995073", "identity": "0319990", "card": "1799507", "passport": "9950737", "name": "木测"}

type planter struct{ n int }

func (p *planter) mobile() string { p.n++; return fmt.Sprintf("1995073%04d", p.n%10000) }

func (p *planter) identity() string {
	p.n++
	id := fmt.Sprintf("4303031999%02d%02d%03d", 1+p.n%9, 1+p.n/9%28, p.n/7%1000)
	return id + string(secret.IDCheck(id))
}

func (p *planter) card() string {
	p.n++
	s := fmt.Sprintf("621799507%06d", p.n)
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return s + fmt.Sprint((10-sum%10)%10)
}

func (p *planter) passport() string { p.n++; return fmt.Sprintf("E9950737%d", p.n%10) }

var leakSeparators = []string{"", " ", "   ", "-", "—", ".", "/", ",", "，", "、", ":", "：", "*", "(", ")", "（", "·", "|", "_", "\u200b", "\u3000", ". ", " / ", ";", "\t"}

var leakScripts = []string{"０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "⓪①②③④⑤⑥⑦⑧⑨", "〇一二三四五六七八九"}

// next gives a number in the next spelling.
func (p *planter) next() string {
	i := p.n
	number, cuts := p.mobile(), []int{3, 7}
	switch i % 4 {
	case 1:
		number, cuts = p.identity(), []int{6, 14}
	case 2:
		number, cuts = p.card(), []int{4, 8, 12}
	case 3:
		if i%16 == 3 {
			return p.passport()
		}
		return p.mobile() + p.mobile()
	}
	if s := i / 4 % (len(leakSeparators) + len(leakScripts)); s >= len(leakSeparators) {
		script := []rune(leakScripts[s-len(leakSeparators)])
		return strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return script[r-'0']
			}
			return r
		}, number)
	} else if i/4%3 == 0 { // each digit by itself
		return strings.Join(strings.Split(number, ""), leakSeparators[s])
	} else {
		var parts []string
		last := 0
		for _, c := range append(cuts, len(number)) {
			parts, last = append(parts, number[last:c]), c
		}
		return strings.Join(parts, leakSeparators[s])
	}
}

// text is a sentence with a number.
func (p *planter) text() string {
	return strings.NewReplacer("%1", p.next(), "%2", p.next()).Replace([]string{"居民来电%1反映路灯不亮，又有%2", "联系人电话：%1", "%1", "当事人（%1）已到场，另一人%2"}[p.n/8%4])
}

func quoted(cells []string) string {
	for i, c := range cells {
		cells[i] = `"` + strings.ReplaceAll(strings.ReplaceAll(c, `"`, `""`), "\n", " ") + `"`
	}
	return strings.Join(cells, ",") + "\n"
}

// leakZone is a zone whose first unit writes numbers of persons wherever something can be written.
func leakZone(t *testing.T, p *planter) string {
	t.Helper()
	zone := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		writeLongAgo(t, filepath.Join(zone, filepath.FromSlash(name)), text)
	}
	write("taizhang.yaml", `zone: 样板园区
as_of: 2022-08-15
submitters:
  - {code: cyj, name: 产业局, kind: department}
  - {code: jsj, name: 建设局, kind: department}
  - {code: mzj, name: 民政局, kind: department}
  - {code: smj, name: 双马街道, kind: street}
returns:
  - {form: problem, from: [产业局, 建设局, 双马街道], due: monday 12:00, since: 2022-W31}
  - {form: beneficiary, from: [民政局], due: 5 working days, since: 2022-07}
  - {form: incentive, from: [产业局], due: 5 working days, since: 2022-07}
`)
	head := []string{"问题编号", "问题来源", "责任清单", "问题描述", "涉及企业或单位", "牵头单位", "责任人", "交办日期", "办结时限", "办理状态", "办结日期", "办理情况", "复核人", "备注" + p.mobile(), ""}
	row := func(i int) []string {
		return []string{fmt.Sprintf("CY-%03d", i), "走访调研", "基层治理", p.text(), p.text(), "产业局", p.text(), "2022-07-01", "2022-09-01", "办理中", "", p.text(), p.text(), p.text(), p.text()}
	}
	var b strings.Builder
	b.WriteString("问题台账 制表人电话" + p.mobile() + "\n填报单位：产业局,,报送期：2022年第32周,联系 " + p.next() + "\n" + quoted(head))
	for i := range 300 {
		b.WriteString(quoted(row(i)))
	}
	b.WriteString("注：" + p.mobile() + "\n审核人：" + p.next() + "\n")
	write("inbox/产业局/问题台账 "+p.mobile()+".csv", b.String())
	// In columns of other kinds, in keys, and twice.
	b.Reset()
	b.WriteString("问题台账\n填报单位：双马街道,,报送期：2022年第32周\n" + quoted(append([]string(nil), head...)))
	for i := range 200 {
		r := row(i)
		r[i%12] = p.next()
		if i%5 == 0 {
			r[0] = p.mobile()
		}
		b.WriteString(quoted(r))
	}
	write("inbox/双马街道/错列"+p.identity()+".csv", b.String())
	write("inbox/建设局/问题台账.csv", "问题台账\n填报单位：建设局,,报送期：2022年第32周\n"+quoted(head[:13])+quoted(append([]string{"CY-001"}, row(1)[1:13]...)[:3])+
		"CY-001,走访调研,基层治理,路灯不亮,某公司,建设局,李某,2022-07-01,2022-09-01,办理中,,正在处理,\n")
	// Names and numbers of persons in each other's columns.
	b.Reset()
	b.WriteString("帮扶对象花名册（2022年7月）\n填报单位：民政局\n姓名,身份证号,联系电话,户编号,帮扶项目,所属街道,村（社区）,备注\n")
	for i := range 40 {
		name := fmt.Sprintf("端木测%c", '甲'+rune(i))
		r := []string{name, p.identity(), p.mobile(), fmt.Sprintf("H-%03d", i), "低保救助", "双马街道", "新华村", name + p.next()}
		if i%10 == 3 {
			r[0], r[5] = r[5], r[0]
		}
		if i%10 == 7 {
			r[6] = name + "家" + p.next()
		}
		b.WriteString(quoted(r))
	}
	write("inbox/民政局/花名册.csv", b.String())
	write("inbox/产业局/惠企"+p.mobile()+".csv", "惠企资金兑付台账（2022年7月，单位：元）\n填报单位：产业局\n企业名称,统一社会信用代码,政策项目,文号,申报金额,兑付金额,兑付日期\n"+
		quoted([]string{"某某公司" + p.mobile(), "91430300MA4L16JJ55", "智能制造", p.mobile(), "1000", "1000", "2022-07-05"})+
		quoted([]string{"甲公司", p.identity(), "智能制造", p.identity()[:15], p.card(), p.mobile(), "2022-07-05"}))
	write("inbox/无名"+p.mobile()+"/不知"+p.mobile()+".csv", p.next()+",乙\n1,"+p.next()+"\n")
	write("inbox/产业局/坏"+p.mobile()+".xlsx", "PK\x03\x04 broken")
	write("inbox/产业局/~$锁"+p.mobile()+".xlsx", "lock")
	leakBook(t, p, filepath.Join(zone, "inbox/双马街道/问题台账"+p.mobile()+".xlsx"), head, row)
	return zone
}

// leakBook is a workbook with numbers in the names of its sheets, in comments, properties, hidden places and unread columns.
func leakBook(t *testing.T, p *planter, path string, head []string, row func(int) []string) {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	sheet := "台账" + p.mobile()
	check(f.SetSheetName("Sheet1", sheet))
	set := func(sheet string, row int, cells []string) {
		for c, v := range cells {
			ref, err := excelize.CoordinatesToCellName(c+1, row)
			check(err)
			check(f.SetCellStr(sheet, ref, v))
		}
	}
	set(sheet, 1, []string{"问题台账（双马街道，2022年第31周）" + p.mobile()})
	set(sheet, 2, head)
	for i := range 100 {
		set(sheet, i+3, row(i))
	}
	set(sheet, 105, []string{"填表人：" + p.next()})
	check(f.AddComment(sheet, excelize.Comment{Cell: "D5", Author: p.mobile(), Paragraph: []excelize.RichTextRun{{Text: p.mobile()}}}))
	check(f.SetDocProps(&excelize.DocProperties{Creator: p.mobile(), Title: p.identity()}))
	for _, other := range []string{"附注" + p.mobile(), "隐" + p.identity()} {
		_, err := f.NewSheet(other)
		check(err)
		set(other, 1, []string{p.next(), p.next()})
	}
	check(f.SetSheetVisible("隐"+strings.TrimPrefix(f.GetSheetList()[2], "隐"), false))
	check(f.SaveAs(path))
	long := time.Now().Add(-time.Hour)
	check(os.Chtimes(path, long, long))
}

// TestLeak plants thousands of spellings of numbers of persons, and searches all that the program writes but the originals
// and the senders' own receipts.
func TestLeak(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes seconds")
	}
	p := &planter{}
	zone := leakZone(t, p)
	look := func(where, text string) {
		t.Helper()
		text = hashes().ReplaceAllString(text, "")      // whose digits are no number
		text = strings.ReplaceAll(text, "****", "####") // what a mask shows before and behind is no number
		var digits strings.Builder
		at := []int(nil)
		for i, r := range text {
			if n := digitValue(r); n >= 0 {
				digits.WriteByte(byte('0' + n))
				at = append(at, i)
			} else if r == '#' {
				digits.WriteByte('#')
				at = append(at, i)
			}
		}
		for kind, needle := range planted {
			found := strings.Index(digits.String(), needle)
			if found >= 0 {
				found = at[found]
			} else if kind == "name" {
				found = strings.Index(text, needle)
			}
			if found >= 0 {
				t.Errorf("%s shows a %s: …%s…", where, kind, strings.ToValidUTF8(text[max(0, found-80):min(len(text), found+100)], "?"))
			}
		}
	}
	do := func(args ...string) string {
		t.Helper()
		code, out, log := program(t, append(args, "--zone", zone)...)
		if code != 0 && code != 3 && !strings.Contains(strings.Join(args, " "), "check") {
			t.Errorf("%v: exit code %d\n%s", args, code, log)
		}
		for _, line := range strings.Split(out+log, "\n") {
			look(strings.Join(args[:min(2, len(args))], " "), line)
		}
		return out
	}
	inbox := files(t, filepath.Join(zone, "inbox"))
	for _, f := range inbox {
		do("check", f)
	}
	do("run", "-v", "--received-at", "2022-08-15 09:00")
	do("status", "--all")
	list := mustJSON(t, "returns", "list", "--zone", zone)
	if len(list) < 7 {
		t.Errorf("only %d returns", len(list))
	}
	for _, r := range list {
		do("returns", "show", r["return"].(string), "-f", "json")
	}
	do("returns", "waive", "建设局", "problem", "2022-W31", "--reason", "经办人"+p.mobile()+"申请", "--by", "王某"+p.mobile())
	do("returns", "withdraw", list[0]["return"].(string), "--reason", "本人"+p.identity()+"来电"+p.next())
	do("returns", "undo", list[0]["return"].(string), "--reason", "误报 "+p.next())
	do("rebuild")
	do("summary")
	for _, args := range [][]string{{"returns", "list"}, {"metrics"}, {"trace", "problems_collected"}, {"sql", "select * from 问题台账"}, {"sql", "select * from 帮扶对象花名册"}} {
		do(append(args, "-f", "csv")...)
	}
	do("status", "--remind")
	do("export", "--to", filepath.Join(zone, "lake"))
	leftIn := func(path string) bool { // whose own it is
		rel, _ := filepath.Rel(zone, path)
		rel = filepath.ToSlash(rel)
		return strings.HasPrefix(rel, "inbox/") || strings.HasPrefix(rel, "outbox/") && !strings.HasPrefix(rel, "outbox/建设局/") ||
			strings.HasPrefix(rel, "archive/") && len(strings.Split(rel, "/")) == 3
	}
	values := 0
	for _, f := range files(t, zone) {
		if leftIn(f) {
			continue
		}
		rel, _ := filepath.Rel(zone, f)
		look("the name of "+rel, rel)
		content, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		switch filepath.Ext(f) {
		case ".xlsx", ".docx":
			look(rel, unzipped(t, f))
		case ".duckdb":
			for kind, needle := range planted {
				if i := bytes.Index(content, []byte(needle)); i >= 0 {
					t.Errorf("the bytes of %s hold a %s: %q", rel, kind, content[max(0, i-30):min(len(content), i+30)])
				}
			}
			values += lookIn(t, f, look)
		case ".parquet":
			values += lookInParquet(t, f, look)
		default:
			for _, line := range strings.Split(string(content), "\n") {
				look(rel, line)
			}
		}
	}
	if p.n < 4000 || values < 3000 {
		t.Errorf("only %d numbers are planted, %d values are looked at", p.n, values)
	}
	t.Logf("%d numbers, %d values", p.n, values)
}

// lookIn looks at every text of a database, each by itself.
func lookIn(t *testing.T, file string, look func(where, text string)) int {
	t.Helper()
	db, err := warehouse.ReadOnly(file, warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var columns [][2]string
	err = warehouse.Each(t.Context(), db.Conn, `select '"' || schema_name || '"."' || table_name || '"', column_name from duckdb_columns()
		where not internal and data_type like '%VARCHAR%' and column_name not like '%hash%' and column_name not in ('sha256', 'archive') and schema_name || '.' || table_name not in (select schema_name || '.' || view_name from duckdb_views())`, func(v []any) error {
		columns = append(columns, [2]string{v[0].(string), v[1].(string)})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, c := range columns {
		values, err := warehouse.Strings(t.Context(), db.Conn, `select distinct cast("`+c[1]+`" as varchar) from `+c[0]+` where "`+c[1]+`" is not null`)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			look(filepath.Base(file)+" "+c[0]+" "+c[1], v)
		}
		n += len(values)
	}
	return n
}

// lookInParquet looks at every text of a file of a lake.
func lookInParquet(t *testing.T, file string, look func(where, text string)) int {
	t.Helper()
	db, err := warehouse.OpenMemory(warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	n := 0
	err = warehouse.Each(t.Context(), db.Conn, "select * exclude (zone) from (select * from read_parquet("+warehouse.Quote(file)+", hive_partitioning = true))", func(row []any) error {
		for _, v := range row {
			if s, ok := v.(string); ok {
				look(filepath.Base(filepath.Dir(filepath.Dir(filepath.Dir(file)))), s)
				n++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// hashes are SHA-256 and shorter ones, and the sums of rows in a lake's manifest.
var hashes = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`[0-9a-f]{64}|^[0-9a-f]{16,63}$|"fingerprint": "[0-9]+"`)
})

// digitValue is the value of a digit as TestLeak writes digits, -1 of anything else.
func digitValue(r rune) int {
	if r >= '0' && r <= '9' {
		return int(r - '0')
	}
	if r > unicode.MaxLatin1 {
		for _, s := range leakScripts {
			for i, d := range []rune(s) {
				if d == r {
					return i
				}
			}
		}
	}
	return -1
}
