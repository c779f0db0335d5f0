package ingest

import (
	"context"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"taizhang/ingest/judge"
	"taizhang/ingest/read"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/ingest/written"
)

// FuzzRead makes sheets out of bytes — headings, values, totals, sections, rubbish in any order — and proves that no row is
// lost, nothing sensitive leaks and nothing panics.
func FuzzRead(f *testing.F) {
	for i := range 24 {
		r := rand.New(rand.NewPCG(uint64(i), 7))
		b := make([]byte, 40+i*20)
		for k := range b {
			b[k] = byte(r.Uint32())
		}
		f.Add(b)
	}
	in := testIntake(f, officeZone)
	words := fuzzWords(in)
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4000 {
			return
		}
		content := fuzzBook(data, words).xlsx()
		file := read.File{Name: "a.xlsx", Folder: "民政办", Content: content, ReceivedAt: time.Date(2022, 8, 5, 9, 0, 0, 0, in.Zone.Location)}
		p := in.read.Parse(file)
		j, err := in.judge.File(context.Background(), judge.NewHistory(in.Zone.Location, in.Forms), p, 1)
		if err != nil {
			t.Fatal(err)
		}
		checkAccounting(t, j)
		checkMasked(t, in, j, false)
	})
}

// fuzzWords are what cells are made of: headings and values of all forms, and what stands around tables.
func fuzzWords(in *Intake) []string {
	words := []string{"", "", "", "合计", "小计", "一、青山街道", "注：说明", "填表人：张三", "本期无", "示例", "同上", "<", "^", "12.5", "100", "1", "2", "3", "0.5", "85%",
		"2022-07-05", "7月5日", "@2022-07-05", "万元", "单位：万元", "累计", "本月", "6月", "7月", "上年同期", "=A1", "#REF!", "~", "填报单位：民政办", "报送期：2022年7月",
		"张三丰", "'430304199001011231", "'13812345678", "青山街道", "白沙街道", "91430300MA4L16JJ55", "长期", "无", "—", "（一）白沙街道", "合计3件", "甲", "乙", "(1)", "1-7月"}
	for _, f := range in.Forms.Forms {
		words = append(words, f.Title)
		for _, c := range f.Columns {
			words = append(words, c.Title)
			for _, v := range c.Values {
				words = append(words, v.Name)
			}
		}
	}
	return words
}

func fuzzBook(data []byte, words []string) textBook {
	at := 0
	next := func() int {
		if at >= len(data) {
			return 0
		}
		at++
		return int(data[at-1])
	}
	var lines []string
	for at < len(data) && len(lines) < 200 {
		switch n := next(); {
		case n < 20:
			lines = append(lines, "")
		case n < 40: // the head of some form
			lines = append(lines, "HEAD")
		default:
			cells := make([]string, n%9+1)
			for k := range cells {
				cells[k] = words[(next()*256+next())%len(words)]
			}
			lines = append(lines, strings.Join(cells, "|"))
		}
	}
	heads := [][]string{{"问题编号", "问题来源", "责任清单", "问题描述", "牵头单位", "交办日期", "办结时限", "办理状态"}, {"姓名", "身份证号", "联系电话", "户编号", "帮扶项目", "所属街道"},
		{"帮扶项目", "所属街道", "户数", "人数", "金额"}, {"企业名称", "纳税人识别号", "退税金额", "退税日期"}, {"类型", "日期", "主题"},
		{"企业名称", "统一社会信用代码", "政策项目", "文号", "兑付金额", "兑付日期"}, {"企业名称", "统一社会信用代码", "企业类型"}}
	for i, l := range lines {
		if l == "HEAD" {
			lines[i] = strings.Join(heads[len(lines[max(0, i-1)])%len(heads)], "|")
		}
	}
	return parseBook("== 表\n" + strings.Join(lines, "\n"))
}

// TestRandomLayouts writes the same true rows in random layouts — order of columns, unit, ways of writing dates, heads of
// one or two rows, totals, notes — and expects the same typed rows each time.
func TestRandomLayouts(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	for n := range 120 {
		r := rand.New(rand.NewPCG(seed, uint64(n)))
		if !randomLayout(t, r) {
			t.Fatalf("seed %d, layout %d", seed, n)
		}
	}
}

func randomLayout(t *testing.T, r *rand.Rand) bool {
	in := testIntake(t, officeZone)
	type truth struct {
		name, code, doc string
		fen             int64
		day             time.Time
	}
	codes := []string{"91430300MA4L16JJ55", "91430300MA4L26KK7R", "91430300MA4L36LL9E", "91430300MA4L46MM14", "91430300MA4L56NN3Q"}
	var rows []truth
	for i := range r.IntN(12) + 1 {
		k := r.IntN(5)
		rows = append(rows, truth{fmt.Sprintf("湖南%c机械有限公司", []rune("甲乙丙丁戊")[k]), codes[k], fmt.Sprintf("%d号", i+1),
			int64(r.IntN(1_000_000_00)), time.Date(2022, 7, r.IntN(31)+1, 0, 0, 0, 0, time.UTC)})
	}
	unit := []struct {
		word   string
		places int
	}{{"元", 0}, {"百元", 2}, {"千元", 3}, {"万元", 4}, {"亿元", 8}}[r.IntN(5)]
	amount := func(fen int64) string {
		s := written.Fixed(bigInt(fen), 2+unit.places)
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
		switch r.IntN(3) {
		case 0:
			return "'" + s
		case 1:
			return "'￥" + s
		}
		return s
	}
	style := r.IntN(7)
	date := func(d time.Time) string {
		return []string{"@" + d.Format("2006-01-02"), "'" + d.Format("2006.1.2"), "'" + d.Format("2006年1月2日"), "'" + d.Format("20060102"), "'" + d.Format("1月2日"),
			"'" + short(d), "'" + d.Format("2006/1/2 0:00")}[style]
	}
	pick := func(s ...string) string { return s[r.IntN(len(s))] }
	columns := []struct {
		head string
		cell func(truth) string
	}{
		{pick("企业名称", "企业", "单位名称", "企 业 全 称"), func(x truth) string { return pick(x.name, " "+x.name+" ") }},
		{pick("统一社会信用代码", "信用代码", "统一代码\\n（18位）"), func(x truth) string { return pick(x.code, strings.ToLower(x.code)) }},
		{pick("政策项目", "项目名称", "奖补项目"), func(truth) string { return pick("智能制造", "智能制造奖励", "智能制造专项") }},
		{pick("文号", "文件号", "拨付文号"), func(x truth) string { return x.doc }},
		{"AMOUNT", func(x truth) string { return amount(x.fen) }},
		{pick("兑付日期", "拨付时间", "支付日期"), func(x truth) string { return date(x.day) }},
		{"备注", func(truth) string { return "" }},
	}
	r.Shuffle(len(columns), func(i, j int) { columns[i], columns[j] = columns[j], columns[i] })
	inHead := r.IntN(2) == 0
	lines := []string{"== 兑付", pick("惠企资金兑付台账（2022年7月）", "2022年7月惠企资金兑付情况表", "惠企奖补资金兑付台账 | 报送期：2022年第7月") + pick("", " | ")}
	lines[1] = strings.Replace(lines[1], "2022年第7月", "2022年7月", 1)
	for range r.IntN(3) {
		lines = append(lines, "")
	}
	if !inHead {
		lines = append(lines, "填报单位：财政局 | | 单位："+unit.word)
	}
	head := make([]string, len(columns))
	unitRow := make([]string, len(columns))
	twoRows := inHead && r.IntN(2) == 0
	for i, c := range columns {
		head[i] = c.head
		if c.head == "AMOUNT" {
			head[i] = pick("兑付金额", "兑付资金", "拨付金额")
			if twoRows {
				unitRow[i] = "（" + unit.word + "）"
			} else if inHead {
				head[i] += pick("（", "(") + unit.word + pick("）", ")")
			}
		}
	}
	lines = append(lines, strings.Join(head, " | "))
	if twoRows {
		lines = append(lines, strings.Join(unitRow, " | "))
	}
	for _, x := range rows {
		cells := make([]string, len(columns))
		for i, c := range columns {
			cells[i] = c.cell(x)
		}
		lines = append(lines, strings.Join(cells, " | "))
		if r.IntN(8) == 0 {
			lines = append(lines, pick("", "~"))
		}
	}
	if r.IntN(2) == 0 {
		lines = append(lines, "注：本表每月报送。", "填表人：张三 | | 审核人：李四")
	}
	text := strings.Join(lines, "\n")
	p := in.read.Parse(read.File{Name: "a.xlsx", Folder: "财政局", Content: parseBook(text).xlsx(), ReceivedAt: time.Date(2022, 8, 5, 9, 0, 0, 0, in.Zone.Location)})
	if p.Failed != nil || len(p.Parts) != 1 || p.Parts[0].Fatal || len(p.Parts[0].Records) != len(rows) {
		t.Errorf("%d rows expected of\n%s\ngot %+v", len(rows), text, p)
		return false
	}
	pt := p.Parts[0]
	ok := true
	for i, x := range rows {
		want := strings.Join([]string{x.name, x.code, "智能制造", x.doc, "", written.Fixed(bigInt(x.fen), 2), x.day.Format(time.DateOnly)}, ",")
		var got []string
		for _, v := range pt.Records[i].Values(nil) {
			got = append(got, v.Text)
		}
		if g := strings.Join(got, ","); g != want || pt.Ret.Period.String() != "2022-07" {
			t.Errorf("row %d: got %s, want %s (period %s) of\n%s", i, g, want, pt.Ret.Period, text)
			ok = false
		}
	}
	if n := pt.Ret.Count("warning") + pt.Ret.Count("error"); n > 0 {
		t.Errorf("%d findings of\n%s\n%v", n, text, pt.Ret.Findings)
		ok = false
	}
	return ok
}

// BenchmarkRead reads a problem ledger of 300 rows: file to typed rows and findings.
func BenchmarkRead(b *testing.B) {
	in := testIntake(b, officeZone)
	content := ledgerOf(300)
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	for b.Loop() {
		p := in.read.Parse(read.File{Name: "a.xlsx", Folder: "青山街道", Content: content, ReceivedAt: time.Date(2022, 8, 15, 9, 0, 0, 0, in.Zone.Location)})
		if p.Failed != nil || len(p.Parts[0].Records) != 300 {
			b.Fatal("not read")
		}
	}
}

// BenchmarkSheet only opens the same file and reads its grid: what the reading of forms adds is the difference.
func BenchmarkSheet(b *testing.B) {
	content := ledgerOf(300)
	for b.Loop() {
		book, err := anyfile.Open(context.Background(), "a.xlsx", content, sheet.DefaultLimits())
		if err != nil {
			b.Fatal(err)
		}
		if _, err := book.Grid(0); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkJudge judges a ledger of 300 rows against one of the week before.
func BenchmarkJudge(b *testing.B) {
	in := testIntake(b, officeZone)
	ctx := context.Background()
	at := time.Date(2022, 8, 15, 9, 0, 0, 0, in.Zone.Location)
	before := read.File{Name: "第31周.xlsx", Folder: "青山街道", Content: ledgerOf(298), ReceivedAt: at.AddDate(0, 0, -7)}
	now := read.File{Name: "第32周.xlsx", Folder: "青山街道", Content: ledgerOf(300), ReceivedAt: at}
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		first, second := in.read.Parse(before), in.read.Parse(now)
		h := judge.NewHistory(in.Zone.Location, in.Forms)
		if _, err := in.judge.File(ctx, h, first, 1); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if _, err := in.judge.File(ctx, h, second, 2); err != nil {
			b.Fatal(err)
		}
	}
}

func ledgerOf(rows int) []byte { return parseBook(ledgerText(rows)).xlsx() }

func ledgerText(rows int) string {
	var s strings.Builder
	s.WriteString("== 台账\n问题台账\n填报单位：青山街道 | | 截至日期：2022年8月14日\n序号 | 问题编号 | 问题来源 | 责任清单 | 问题描述 | 涉及企业 | 所属街道 | 牵头单位 | 责任人 | 交办日期 | 办结时限 | 办理状态 | 办结日期 | 办理情况 | 满意度\n")
	for i := range rows {
		state, closed := "办理中", ""
		if i%3 > 0 {
			state, closed = "已办结", "@2022-08-05"
		}
		fmt.Fprintf(&s, "%d | QS2022-%03d | 走访调研 | 企业难题 | 第%d号问题：厂区门口道路破损，影响货车通行 | 湖南%d号机械有限公司 | 青山街道 | 区经发局 | 李四 | @2022-07-%02d | 2022年9月30日 | %s | %s | 已安排第%d次现场踏勘 | 满意\n",
			i+1, i+1, i, i%50, i%28+1, state, closed, i%4)
	}
	return s.String()
}

func bigInt(n int64) *big.Int { return big.NewInt(n) }

// short writes a date with two digits of its year where nothing else can be meant by it: 22.7.19 may be of 2019.
func short(d time.Time) string {
	if year := 2000 + d.Day(); year >= d.Year()-3 && year <= d.Year()+3 {
		return d.Format("2006.1.2")
	}
	return d.Format("06.1.2")
}
