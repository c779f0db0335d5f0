package written

import (
	"slices"
	"testing"

	"taizhang/internal/calendar"
	"taizhang/internal/spelling"
)

func TestParseWritten(t *testing.T) {
	for text, want := range map[string]Wrote{
		"2022-07-05": {Year: 2022, Month: 7, Day: 5}, "2022.7.5": {Year: 2022, Month: 7, Day: 5}, "2022/7/5 0:00": {Year: 2022, Month: 7, Day: 5},
		"2022年7月5日": {Year: 2022, Month: 7, Day: 5}, "2022 年 7 月 5 日": {Year: 2022, Month: 7, Day: 5}, "20220705": {Year: 2022, Month: 7, Day: 5},
		"二〇二二年七月五日": {Year: 2022, Month: 7, Day: 5}, "二○二二年七月": {Year: 2022, Month: 7}, "22.7.5": {Year: 2022, Month: 7, Day: 5},
		"7月5日": {Month: 7, Day: 5}, "7.5": {Month: 7, Day: 5}, "7月5号前": {Month: 7, Day: 5}, "2022年7月": {Year: 2022, Month: 7}, "2022-07": {Year: 2022, Month: 7},
		"202207": {Year: 2022, Month: 7}, "8月底": {Month: 8, endOfMonth: true}, "8月份": {Month: 8}, "2022年8月11日（周四）15:00": {Year: 2022, Month: 8, Day: 11},
		"2022-07-05T08:30:00": {Year: 2022, Month: 7, Day: 5}, "2月29日": {Month: 2, Day: 29}, "７月５日": {Month: 7, Day: 5},
	} {
		if got, ok := ParseWritten(text); !ok || got != want {
			t.Errorf("%q: got %+v %v, want %+v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "5/7?", "2022-02-30", "2022.13.5", "上周五", "尽快", "12345", "1.5万", "2022-7-5-8", "0月5日", "45.7.5", "第3批", "13812345678"} {
		if got, ok := ParseWritten(text); ok {
			t.Errorf("%q was read as %+v", text, got)
		}
	}
}

func TestReadSpan(t *testing.T) {
	near := calendar.NewDate(2022, 8, 15)
	period := func(s string) calendar.Period {
		p, err := calendar.ParsePeriod(s)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	for text, want := range map[string]string{
		"2022-W33": "2022-W33", "2022年第33周": "2022-W33", "第33周": "2022-W33", "第三十三周": "2022-W33", "2022年度第33周": "2022-W33", "2022年33周": "2022-W33",
		"W33": "2022-W33", "台账W33.": "2022-W33",
		"2022年第33周（8月15日—21日）": "2022-W33", "第33周（8月15日—21日）": "2022-W33", "2026年第48周（11月23日—29日）": "2026-W48", "2026年第53周（12月28日—2027年1月3日）": "2026-W53",
		"2022年第31周(8月1日-7日)": "2022-W31", "2026年第49周（11月30日—12月6日）": "2026-W49", "2020年第53周（12月28日—2021年1月3日）": "2020-W53", "8月第2周": "2022-W32", "第52周": "2021-W52",
		"2022年8月": "2022-08", "2022-08": "2022-08", "2022.8": "2022-08", "8月份": "2022-08", "二〇二二年八月": "2022-08", "2022年度8月": "2022-08", "惠企资金202207": "2022-07", "12月": "2021-12",
	} {
		sp, ok := ReadSpan(text, near)
		if !ok || sp.Period != period(want) {
			t.Errorf("%q: got %v %v, want %s", text, sp.Period, ok, want)
		}
	}
	for text, want := range map[string][2]string{
		"8月8日—14日": {"2022-08-08", "2022-08-14"}, "第32周（8月1日—7日）": {"2022-08-01", "2022-08-07"}, "8月8日至8月14日": {"2022-08-08", "2022-08-14"}, "2022.8.8-2022.8.14": {"2022-08-08", "2022-08-14"},
		"8.8-8.14": {"2022-08-08", "2022-08-14"}, "20220808-20220814": {"2022-08-08", "2022-08-14"}, "20220808—0814": {"2022-08-08", "2022-08-14"},
		"12月27日-1月2日": {"2021-12-27", "2022-01-02"}, "1—8月": {"2022-01-01", "2022-08-31"}, "2022年1-8月": {"2022-01-01", "2022-08-31"},
		"一至八月": {"2022-01-01", "2022-08-31"}, "2021年12月—2022年2月": {"2021-12-01", "2022-02-28"}, "2022-08-08~2022-08-14": {"2022-08-08", "2022-08-14"},
	} {
		sp, ok := ReadSpan(text, near)
		if !ok || sp.From.String() != want[0] || sp.To.String() != want[1] {
			t.Errorf("%q: got %v…%v %v, want %v", text, sp.From, sp.To, ok, want)
		}
	}
	for text, want := range map[string]string{"2022年8月14日24时": "2022-08-14", "20220814": "2022-08-14", "8月14日": "2022-08-14", "12月30日": "2021-12-30", "(8.12)": "2022-08-12"} {
		if sp, ok := ReadSpan(text, near); !ok || sp.Date.String() != want {
			t.Errorf("%q: got %v %v, want %s", text, sp.Date, ok, want)
		}
	}
	for _, text := range []string{"", "问题台账", "近一周", "9月第2周", "12345热线", "135工程", "v1.2", "第3批", "表2"} {
		if sp, ok := ReadSpan(text, near); ok {
			t.Errorf("%q was read as %+v", text, sp)
		}
	}
}

func TestNumbers(t *testing.T) {
	for text, want := range map[string]string{"12.5": "12.50", "1,234.56": "1234.56", "-3": "-3.00", "1.2E+1": "12.00", ".5": "0.50", "0.005": "0.01", "12.344999999999999": "12.34", "0.28999999999999998": "0.29"} {
		d, err := ParseDecimal(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if n, _ := d.Rounded(2); Fixed(n, 2) != want {
			t.Errorf("%q: got %s, want %s", text, Fixed(n, 2), want)
		}
	}
	for _, text := range []string{"", "-", "1,23", "12.3.4", "1e", "e5", "０", "1 2", "--1", "1e9999"} {
		if d, err := ParseDecimal(text); err == nil {
			t.Errorf("%q was read as %+v", text, d)
		}
	}
	for text, want := range map[string]int64{"12": 12, "1,234人": 1234, "第3批": 3, "十五": 15, "二十三": 23, "一百零五": 105, "20.0": 20, "１２家次": 12} {
		if n, ok := ParseInt(text); !ok || n != want {
			t.Errorf("%q: got %d %v, want %d", text, n, ok, want)
		}
	}
	for _, text := range []string{"", "约10", "20余", "3-5", "1.5", "人", "99999999999999999999"} {
		if n, ok := ParseInt(text); ok {
			t.Errorf("%q was read as %d", text, n)
		}
	}
	for text, want := range map[string]struct {
		num  string
		unit int
		has  bool
	}{"￥12.5": {"12.5", 0, false}, "12万元": {"12", 4, true}, "0.5亿": {"0.5", 8, true}, "(3)": {"-3", 0, false}, "１２００元整": {"1200", 0, true}, "5百万元": {"5", 6, true},
		"12万5千元": {"125000", 0, true}, "3亿2000万": {"320000000", 0, true}, "五千二百元整": {"5200", 0, true}, "壹万贰仟叁佰圆整": {"12300", 0, true}, "十二万": {"120000", 0, true},
		"一亿零五百万元": {"105000000", 0, true}, "12万5000元": {"125000", 0, true}, "五千二百": {"5200", 0, false}, "两万三千零五十元五角": {"23050.5", 0, true}, "3亿2000.5万元": {"320005000", 0, true},
		"一万亿元": {"1000000000000", 0, true}, "5千200元": {"5200", 0, true}, "叁拾万元整": {"300000", 0, true}, "八元": {"8", 0, true}, "二〇〇元": {"200", 0, true}, "壹拾贰万伍仟元零角零分": {"125000", 0, true},
		// said in short, or no amount at all
		"12万5": {"12万5", 0, false}, "五千二元": {"五千二", 0, true}, "约5000元": {"约5000", 0, true}, "12.5万3千元": {"12.5万3", 3, true}, "3万2万": {"3万2", 4, true}, "几千元": {"几", 3, true}} {
		if num, unit, has := MoneyText(text); num != want.num || unit != want.unit || has != want.has {
			t.Errorf("%q: got %s %d %v", text, num, unit, has)
		}
	}
}

func TestRatio(t *testing.T) {
	for text, want := range map[string]string{"百分之八十五": "0.850000", "百分之85.5": "0.855000", "百分之九十九点五": "0.995000", "八成五": "0.850000", "8成": "0.800000", "九成半": "0.950000",
		"百分百": "1.000000", "四分之三": "0.750000", "三分之二": "0.666667", "千分之五": "0.005000", "十成": "1.000000"} {
		if n, ok := Ratio(text); !ok || Fixed(n, 6) != want {
			t.Errorf("%q: got %v %v, want %s", text, n, ok, want)
		}
	}
	for _, text := range []string{"", "完成", "成", "过半", "五五开", "85", "百分之多少", "分之三", "成八", "建成两栋", "八成多"} {
		if n, ok := Ratio(text); ok {
			t.Errorf("%q was read as %v", text, n)
		}
	}
}

func TestUnits(t *testing.T) {
	for text, want := range map[string]int{"万元": 4, "单位：万元": 4, "金额单位:人民币元": 0, "单位:户、人、万元": 4, "人民币万元": 4, "亿元": 8, "百元，保留两位小数": 2, "以千元为单位": 3, "万": 4,
		"单位：万元 币种：人民币": 4, "币种：人民币，单位：元": 0, "万元/人民币": 4, "户/人/万元": 4, "单位：万元/户/人": 4} {
		if exp, ok := UnitIn(text); !ok || exp != want {
			t.Errorf("%q: got %d %v, want %d", text, exp, ok, want)
		}
	}
	for text, want := range map[string]int{"10k yuan": 4, "RMB 10,000": 4, "10,000 yuan": 4, "in ten thousand yuan": 4, "RMB million": 6, "Unit: yuan": 0, "RMB yuan": 0, "100 million yuan": 8, "thousand RMB": 3} {
		if exp, ok := UnitIn(text); !ok || exp != want {
			t.Errorf("%q: got %d %v, want %d", text, exp, ok, want)
		}
		for _, heading := range []string{"Amount (" + text + ")", "兑付金额（" + text + "）", "Amount, " + text} {
			if _, exp, ok := HeadingForms(heading); !ok || exp != want {
				t.Errorf("%q: got %d %v, want %d", heading, exp, ok, want)
			}
			if word, odd := OddUnit(heading); odd {
				t.Errorf("%q: odd unit %q", heading, word)
			}
		}
	}
	for _, heading := range []string{"兑付金额（万元）（RMB）", "兑付金额（RMB）（万元）", "兑付金额（万元，RMB）", "兑付金额（单位：万元 币种：CNY）", "兑付金额RMB（万元）"} {
		if _, exp, ok := HeadingForms(heading); !ok || exp != 4 {
			t.Errorf("%q: got %d %v, want 4", heading, exp, ok)
		}
		if word, odd := OddUnit(heading); odd {
			t.Errorf("%q: odd unit %q", heading, word)
		}
	}
	for _, text := range []string{"RMB", "币种：RMB", "Amount (CNY)", "台账（Yuantong公司）", "Amount (Yuanda)", "Taiyuan", "货币：CNY"} { // as 人民币 says none
		_, ok := UnitIn(text)
		if word, odd := OddUnit(text); ok || odd {
			t.Errorf("%q: unit %v, odd %q", text, ok, word)
		}
	}
	for _, text := range []string{"yuan per mu", "billion yuan", "12k RMB"} {
		if word, odd := OddUnit("Amount (" + text + ")"); !odd {
			t.Errorf("%q: no odd unit: %q", text, word)
		}
	}
	for _, text := range []string{"", "亿元以上企业", "单元", "产业局", "户、人", "多元化"} {
		if exp, ok := UnitIn(text); ok {
			t.Errorf("%q was read as 10^%d yuan", text, exp)
		}
	}
	for _, text := range []string{"兑付金额（万美元）", "金额(K)", "金额（$）", "金额：亿美元", "兑付金额（万港币）", "兑付金额（吨）", "退税额（单位：欧元）", "金额（万卢比）",
		"金额（万元/港币）", "金额（港币/万元）", "金额（万元）（港币）", "金额（港币）万元", "金额（单位：万元 币种：港币）", "金额（元/万元）", "金额（元、万元）", "金额（元/户）", "金额（万元/亩）", "金额/元/万元"} {
		if word, odd := OddUnit(text); !odd {
			t.Errorf("%q: no odd unit: %q", text, word)
		}
	}
	for _, text := range []string{"兑付金额", "兑付金额（万元）", "兑付金额（含税）", "兑付金额（人民币元）", "金额（单位：户、人、万元）", "金额（亿元）", "实缴金额（第一期）", "金额（必填）", "缓缴金额（人）", "金额（万人）", "金额（2022年）"} {
		if word, odd := OddUnit(text); odd {
			t.Errorf("%q: odd unit %q", text, word)
		}
	}
	for format, want := range map[string]bool{"": false, "0.00": false, `0.00"万元"`: false, `[$$-409]#,##0.00`: true, `"$"#,##0`: true, `[$€-2] #,##0`: true, `[$¥-804]#,##0.00`: false, `_ "¥"* #,##0_ `: false, `[$-804]0`: false, "$#,##0": true, `[$USD] 0`: true, `[$CNY] 0`: false, "0.00%": false} {
		if word, odd := OddFormat(format, ""); odd != want {
			t.Errorf("%q: %q %v", format, word, odd)
		}
	}
}

func TestNothing(t *testing.T) {
	for _, text := range []string{"无", "本期无", "本月无。", "（零报告）", "本周没有", "暂无", "本单位本月无", "本周无新增问题", "本月均无兑付资金", "未发生", "空表", "本局本月未收到企业反馈问题", "本期零兑付", "本周零问题"} {
		if !IsNothingLine(spelling.Squash(text)) {
			t.Errorf("%q says nothing, and was not understood", text)
		}
	}
	for _, text := range []string{"无障碍改造", "无锡某公司", "无线网络", "本月完成3件", "没有路灯的道路需要安装", "青山街道"} {
		if IsNothingLine(spelling.Squash(text)) {
			t.Errorf("%q was taken for a nil return", text)
		}
	}
}

func TestClosest(t *testing.T) {
	list := []string{"企业难题", "实事项目", "基层治理", "安全生产"}
	for text, want := range map[string]string{"企业难体": "企业难题", "安全": "安全生产", "基层治理类": "基层治理", "完全无关的文字": "", "x": ""} {
		if got := Closest(text, list); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// TestShort: a text is never cut within a long number.
func TestShort(t *testing.T) {
	for _, c := range []struct {
		text string
		n    int
		want string
	}{
		{"路灯不亮", 4, "路灯不亮"}, {"路灯不亮了", 4, "路灯不亮…"}, {"电话13812345678请回复", 6, "电话…"}, {"电话138 1234 5678请回复", 9, "电话…"},
		{"电话13812345678请回复", 14, "电话13812345678请…"}, {"第3项共15户", 5, "第3项共1…"}, {"13812345678请回复", 3, "…"}, {"请于13812345678", 2, "请于…"},
	} {
		if got := Short(c.text, c.n); got != c.want {
			t.Errorf("%q, %d: %q, want %q", c.text, c.n, got, c.want)
		}
	}
}

func TestCountedHeadings(t *testing.T) {
	for heading, want := range map[string]string{"企业（家）": "企业数", "岗位/个": "岗位数", "求职者（千人次）": "求职者人次", "求职者（单位：人）": "求职者人数", "岗位[K]": "岗位数"} {
		if got := CountedNames(heading); !slices.Contains(got, want) {
			t.Errorf("%s is %q, not %s", heading, got, want)
		}
	}
	for _, heading := range []string{"村（社区）", "企业/项目", "金额（万元）", "问题（一）"} {
		if got := CountedNames(heading); got != nil {
			t.Errorf("%s counts %q", heading, got)
		}
	}
	for heading, want := range map[string]string{"提供岗位数（K）": "k", "求职人次/W": "w", "人数（单位：k人）": "k人", "岗位数（千个）": "", "5KW设备数": ""} {
		if got := OddCount(heading); got != want {
			t.Errorf("%s is counted in %q, not %q", heading, got, want)
		}
	}
}
