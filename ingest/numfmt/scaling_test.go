package numfmt

import (
	"strings"
	"testing"
)

func TestScalingOf(t *testing.T) {
	const big, small, neg = 12345678, 5000, -12345678
	for _, tt := range []struct {
		format  string
		value   float64
		power   int
		literal string
		unit    int // -1: none
		says    bool
	}{
		{"", big, 0, "", -1, false},
		{"General", big, 0, "", -1, false},
		{"G/通用格式", big, 0, "", -1, false},
		{`G/通用格式"万元"`, big, 0, "万元", 4, false},
		{`G/通用格式万元`, big, 0, "万元", 4, false},
		{"0", big, 0, "", -1, false},
		{"#,##0.00", big, 0, "", -1, false},
		{"_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * \"-\"??_ ;_ @_ ", neg, 0, "", -1, false},
		{"0.0,", big, 3, "", -1, false},
		{"#,##0.00,", big, 3, "", -1, false},
		{"#,##0,.00", big, 3, "", -1, false},
		{"0.00,,", big, 6, "", -1, false},
		{`0.0,"千元"`, big, 3, "千元", 3, true},
		{`0.0,"千"`, big, 3, "千", 3, true},
		{`#,##0.00,,"百万元"`, big, 6, "百万元", 6, true},
		{`0.0,,"万元"`, big, 6, "万元", 4, false},
		{`0.0,"万元"`, big, 3, "万元", 4, false},
		{`0.00"万元"`, big, 0, "万元", 4, false},
		{"0.00 万元", big, 0, "万元", 4, false},
		{`0.0," 千元 "`, big, 3, "千元", 3, true},
		{`0.0,（千元）`, big, 3, "（千元）", 3, true},
		{"0!.0,", big, 4, "", -1, false},
		{`0\.0,`, big, 4, "", -1, false},
		{`0"."0,`, big, 4, "", -1, false},
		{`0!.0,"万"`, big, 4, "万", 4, true},
		{`0!.0000`, big, 4, "", -1, false},
		{`0!.0000"万元"`, big, 4, "万元", 4, true},
		{`#!.0000万元`, big, 4, "万元", 4, true},
		{`#,##0!.00,,"亿元"`, big, 8, "亿元", 8, true},
		{`0!.00,,\亿`, big, 8, "亿", 8, true},
		{"0.00,,\n%", big, 4, "%", -1, false},
		{"0.00%", big, -2, "", -1, false},
		{`0.00"%"`, big, 0, "%", -1, false},
		{`[>=10000]0!.0,"万";0`, big, 4, "万", 4, true},
		{`[>=10000]0!.0,"万";0`, small, 0, "", -1, false},
		{`[>=100000000]0!.00,,"亿";[>=10000]0!.0,"万";0`, big, 4, "万", 4, true},
		{`[>=100000000]0!.00,,"亿";[>=10000]0!.0,"万";0`, small, 0, "", -1, false},
		{`[Red][<0]-0.0,"千";[Blue]0`, neg, 3, "千", 3, true},
		{`0.0,"千";[Red]-0`, neg, 0, "", -1, false},
		{`0.0,"千";-0.0,"千";"零"`, 0, 0, "零", -1, false},
		{`[$¥-804]#,##0.00,"千元"`, big, 3, "千元", 3, true},
		{`"¥"#,##0.00`, big, 0, "", -1, false},
		{`0.0,"万美元"`, big, 3, "万美元", -1, false},
		{`0.0,"K"`, big, 3, "K", -1, false},
		{"0.00E+00", big, 0, "", -1, false},
		{"# ?/?", big, 0, "", -1, false},
		{`yyyy"年"m"月"`, 44562, 0, "", -1, false},
		{`0";"0.0,`, big, 3, "", -1, false},
		{"@", big, 0, "", -1, false},
		{";;;", big, 0, "", -1, false},
	} {
		s := ScalingOf(tt.format, tt.value)
		unit := -1
		if s.HasUnit {
			unit = s.Unit
		}
		if tt.literal == "%" && strings.Contains(tt.format, "\n") {
			tt.literal = "" // the sign itself is no text
		}
		odd := tt.format == `0";"0.0,`
		if s.Power != tt.power || s.Literal != tt.literal || unit != tt.unit || s.Says() != tt.says || s.Understood == odd {
			t.Errorf("%q of %v: %+v", tt.format, tt.value, s)
		}
	}
	for _, f := range []string{"0.0,0", "0!.0!.0", "0!.0.0", "0K", `0.0,"千`, "0.0.0", "0[x"} {
		if s := ScalingOf(f, big); s.Understood || s.Says() || s.Plain() {
			t.Errorf("%q is held to be understood: %+v", f, s)
		}
	}
	if s := ScalingOf("0.00,,\n%", big); !s.Percent || !s.Understood || s.Plain() {
		t.Errorf("%+v", s)
	}
}

func TestShowsMonthOnly(t *testing.T) {
	for _, f := range []string{`yyyy"年"m"月"`, "mmm-yy", "mmmm yyyy", "yyyy-mm", "yyyy/m", `yyyy\-mm`, "yyyy.mm", `[$-804]yyyy"年"m"月";@`, `[DBNum1][$-804]yyyy"年"m"月";@`,
		"yyyymm", `yyyy!年m!月`, "yyyy年m月", "e年m月", "[$-409]mmm-yy;@", `"("yyyy"年"m"月)"`, builtin[17], builtin[27], builtin[36], builtin[50], builtin[52], builtin[57]} {
		if !ShowsMonthOnly(f) {
			t.Errorf("%q shows a month", f)
		}
	}
	for _, f := range []string{"", "General", "0.00", "yyyy/m/d", `yyyy"年"m"月"d"日"`, `m"月"d"日"`, "d-mmm", "yyyy", "mmm", `m"月"`, "h:mm", "mm:ss", "[m]", "yyyy-mm hh:mm", `yyyy"年"m"月1日"`, `yyyy-mm-\0\1`,
		"yyyy/m aaaa", "yyyy年m月1日", `"ym"0`, builtin[14], builtin[31], builtin[54], builtin[58], "[$-804"} {
		if ShowsMonthOnly(f) {
			t.Errorf("%q shows no month alone", f)
		}
	}
}

func FuzzScaling(f *testing.F) {
	for _, s := range []string{`[>=10000]0!.0,"万";0`, "0.00,,\n%", `_ "¥"* #,##0_ `, `[$-804]yyyy"年"m"月";@`, `\`, `"`, "[", "_", "*", "E+"} {
		f.Add(s, 12345.678)
	}
	f.Fuzz(func(t *testing.T, format string, v float64) {
		ScalingOf(format, v)
		Shown(format, "12345", v)
		ShowsMonthOnly(format)
	})
}
