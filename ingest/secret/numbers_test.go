package secret

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// invented numbers with valid check characters, of places and banks that there are and people that there aren't.
func inventedID(r *rand.Rand) string {
	id := fmt.Sprintf("4303%02d%04d%02d%02d%03d", 1+r.IntN(4), 1940+r.IntN(70), 1+r.IntN(12), 1+r.IntN(28), r.IntN(1000))
	return id + string(IDCheck(id))
}

func inventedMobile(r *rand.Rand) string { return fmt.Sprintf("1%d%09d", 3+r.IntN(7), r.IntN(1e9)) }

func inventedCard(r *rand.Rand) string {
	s := fmt.Sprintf("62%s%013d", []string{"12", "17", "22", "28"}[r.IntN(4)], r.Int64N(1e13))
	if r.IntN(2) == 0 {
		s += fmt.Sprintf("%02d", r.IntN(100))
		s = s[:18]
	} else {
		s = s[:15]
	}
	for d := '0'; d <= '9'; d++ {
		if luhn(s + string(d)) {
			return s + string(d)
		}
	}
	panic("no check digit")
}

// cut writes a number in groups.
func cut(s, sep string, sizes ...int) string {
	var parts []string
	for _, n := range sizes {
		if len(s) > n {
			parts, s = append(parts, s[:n]), s[n:]
		}
	}
	return strings.Join(append(parts, s), sep)
}

var separators = []string{" ", "  ", "   ", "-", "－", "—", "·", "•", "_", ".", "．", "/", "／", ",", "，", "、", ":", "：", "*", "(", ")", ")(", "（", "）", "）（", "|", "\\", ";", "；", "#", "~", "'", "\"",
	"\t", "\n", "\r\n", "\u00a0", "\u3000", "\u2009", " - ", " / ", " , ", ", ", ": ", ". ", "...", "--", "——", "【", "】", "[", "]", "&", "\u200b", "\ufeff", "\u2060", "\u00ad", "\u200b-\u200b", "转", "x", "－ "}

// scripts write a digit otherwise.
var scripts = []func(byte) string{
	func(d byte) string { return string('０' + rune(d)) },
	func(d byte) string { return string('٠' + rune(d)) },
	func(d byte) string { return string('۰' + rune(d)) },
	func(d byte) string { return string('०' + rune(d)) },
	func(d byte) string { return string('๐' + rune(d)) },
	func(d byte) string { return string(rune(0x1d7ce) + rune(d)) },
	func(d byte) string { return string(rune(0x1d7f6) + rune(d)) },
	func(d byte) string { return string([]rune("⓪①②③④⑤⑥⑦⑧⑨")[d]) },
	func(d byte) string { return string([]rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[d]) },
	func(d byte) string { return string([]rune("₀₁₂₃₄₅₆₇₈₉")[d]) },
	func(d byte) string { return string([]rune("〇一二三四五六七八九")[d]) },
	func(d byte) string { return string([]rune("零壹贰叁肆伍陆柒捌玖")[d]) },
	func(d byte) string { return string('0'+rune(d)) + "\ufe0f\u20e3" },
}

func spelled(s string, script func(byte) string) string {
	var b strings.Builder
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			b.WriteString(script(s[i] - '0'))
		} else {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// revealed says whether a text still shows more of a number than its mask does.
func revealed(text, number string) bool {
	digits := ""
	for _, r := range text {
		if n := digitOf(r); n >= 0 {
			digits += string(rune('0' + n))
		} else if letterOf(r) == 'X' {
			digits += "X"
		}
	}
	return strings.Contains(digits, number[2:len(number)-2])
}

// TestEverySpelling hides numbers however they are parted, glued together and written, alone and in sentences.
func TestEverySpelling(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	frames := []string{"%s", "联系人张某，电话%s。", "%s（本人）", "办理人%s已来访", "张三%s", "王五%s三单元", "李四%s", "1. %s", "见2022年8月15日来信%s", "ID:%s;"}
	n := 0
	try := func(text string, numbers ...string) {
		t.Helper()
		for _, frame := range frames {
			n++
			s := fmt.Sprintf(frame, text)
			got := MaskText(s)
			for _, number := range numbers {
				if revealed(got, number) {
					t.Errorf("%q: %q shows %s", s, got, number)
				}
			}
			if again := MaskText(got); again != got {
				t.Errorf("%q: %q becomes %q", s, got, again)
			}
		}
	}
	for range 12 {
		id, mobile, card := inventedID(r), inventedMobile(r), inventedCard(r)
		for _, sep := range separators {
			try(cut(mobile, sep, 3, 4), mobile)
			try(cut(mobile, sep, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1), mobile)
			try(cut(id, sep, 6, 8), id)
			try(cut(id, sep, 6, 4, 4), id)
			if sep != "x" { // 123x45 ends a number of 15 and 18 places
				try(cut(id, sep, 3, 3, 3, 3, 3, 3), id)
				try(cut(id, sep, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1), id)
			}
			try(cut(card, sep, 4, 4, 4, 4), card)
			try(mobile+sep+id, mobile, id)
			try(id+sep+mobile, mobile, id)
		}
		for _, script := range scripts {
			try(spelled(mobile, script), mobile)
			try(spelled(id, script), id)
			try(spelled(card, script), card)
		}
		other := inventedMobile(r)
		try(mobile+other, mobile, other)
		try(mobile+id, mobile, id)
		try(id+mobile, mobile, id)
		try(id+inventedID(r), id)
		try("+86"+mobile, mobile)
		try("0086-"+mobile, mobile)
		try("86 "+cut(mobile, "-", 3, 4), mobile)
		try("(+86)"+cut(mobile, " ", 3, 4), mobile)
		try("tel"+mobile+"转", mobile)
		try(cut(mobile, "-", 3, 4)+"/"+cut(other, "-", 3, 4), mobile, other)
	}
	for _, s := range []string{"E12345678", "护照G12345678", "EA1234567", "护照号 e12345678", "Ｅ１２３４５６７８", "E 12345678", "E-12345678", "护照：E2022 0815", "通行证C12345678", "通行证H12345678", "430304900101123", "430304 900101 123", "430304-900101-123"} {
		if got := MaskText(s); revealed(got, strings.ToUpper(s[len(s)-7:])) || got == s {
			t.Errorf("%q: %q", s, got)
		}
	}
	t.Logf("%d spellings", n)
}

// harmless is what must survive: amounts, dates, numbers of documents, codes, landlines.
var harmless = []string{
	"13,812,345,678元", "138,123,456.78", "138,123,456.78元", "1,381,234,567.80", "138123456.78元", "13812345.678万元", "13812345678元", "13812345678.50元", "¥13812345678", "1381234.5678万元", "合计138,123,456.78元，其中15,000,000.00元", "138 123 456.78",
	"0.13812345678", "占比15.3%、18.2%、13.75%", "1500+2000+300=3800", "1350、2200、300", "13.5、15.8、18.25、19.1",
	"2022-08-15 12:30:45", "2022年8月15日至2022年12月31日", "1998.8.15-2003.7", "1998-8-15-2003", "2022.08.15-2022.12.31", "13:45:12.123456", "2022-08-15T13:45:12+08:00", "20220815134512", "2022081513451200", "1956年10月", "15:30-16:30 17:00-18:00",
	"潭高管发〔2022〕138号", "湘政发〔2022〕15号、16号、17号、18号", "XT-2022-138-0001-2022", "2022-138-0001-2022", "GB 11643-1999", "GB/T 19584-2010", "合同编号2022081512345678", "单号20220815138123456789", "2022081513812345678", "发票号码：04300210011112345678", "流水号20221128001381234567", "JH-13-2022-0815-01",
	"91430300MA4L16JJ55", "91430300MA4L26KK7R、91430300MA4L46MM14", "统一社会信用代码91430300MA4L16JJ55", "9143030013812345XX", "注册号430304000012345",
	"2208-430304-04-01-123456", "项目代码2208-430304-04-01-123456", "430304202208150013", "项目编号430304200808150003", "2022-430304-89-01-001234", "430304220815001",
	"0731-58221234", "0731 58221234", "(0731)58221234", "010-12345678", "021-61234567-138", "0731-58221234/58225678", "400-138-1234", "4001381234", "12345热线", "12345、12315、12328", "95588", "10086", "58221234", "0731-58221234转8015",
	"192.168.10.123", "113.12345678,27.81234567", "第13、15、18、22、31、4行", "13 15 18 20 31 4", "1-2-3-4-5-6-7-8-9-10-11-12", "100-200-300-400-500", "138户1234人5678元", "2022-08-15 138户 1234人", "湘C·12345、湘C·67890", "一、二、三、四、五、六、七、八、九、十、十一、十二", "二〇二二年八月十五日至二〇二二年十二月三十一日",
	"E20220815", "G319国道", "S20220815", "A12345678", "编号E00012345", "DH-001", "3.14159265358979", "1e+15",
}

func TestHarmless(t *testing.T) {
	for _, s := range harmless {
		if got := MaskText(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
		if got, _ := MaskNumbers(s, true); got != s {
			t.Errorf("as a code, %q became %q", s, got)
		}
	}
}

// TestHarmlessMany makes amounts, dates, codes and landlines: few of them may look like a number of a person.
func TestHarmlessMany(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	group := func(n int64) string {
		s := fmt.Sprint(n)
		for i := len(s) - 3; i > 0; i -= 3 {
			s = s[:i] + "," + s[i:]
		}
		return s
	}
	kinds := map[string]func() string{
		"amount":       func() string { return group(r.Int64N(1e12)) },
		"amount.00":    func() string { return fmt.Sprintf("%s.%02d", group(r.Int64N(1e10)), r.IntN(100)) },
		"plain amount": func() string { return fmt.Sprintf("%d.%02d元", r.Int64N(1e10), r.IntN(100)) },
		"万元":           func() string { return fmt.Sprintf("%d.%06d万元", r.IntN(1e5), r.IntN(1e6)) },
		"time": func() string {
			return fmt.Sprintf("20%02d-%02d-%02d %02d:%02d:%02d", r.IntN(40), 1+r.IntN(12), 1+r.IntN(28), r.IntN(24), r.IntN(60), r.IntN(60))
		},
		"project": func() string {
			return fmt.Sprintf("%02d%02d-430304-%02d-%02d-%06d", 17+r.IntN(10), 1+r.IntN(12), 1+r.IntN(99), 1+r.IntN(5), r.IntN(1e6))
		},
		"landline": func() string {
			return fmt.Sprintf("0%03d-%d%07d", 311+r.IntN(600), 2+r.IntN(7), r.IntN(1e7))
		},
		"credit code": func() string {
			s := fmt.Sprintf("91430300MA4L%02dJJ%d", r.IntN(100), r.IntN(10))
			return s + string(CreditCodeCheck(s+"0"))
		},
		"document": func() string {
			return fmt.Sprintf("潭高〔20%02d〕%d号", 10+r.IntN(20), r.IntN(400))
		},
		"serial": func() string {
			return fmt.Sprintf("20%02d%02d%02d%08d", 10+r.IntN(20), 1+r.IntN(12), 1+r.IntN(28), r.IntN(1e8))
		},
	}
	for name, one := range kinds {
		hidden, seen := 0, ""
		for range 2000 {
			s := one()
			if got := MaskText(s); got != s {
				hidden, seen = hidden+1, s+" became "+got
			}
		}
		if hidden > 2 {
			t.Errorf("%s: %d of 2000, such as %s", name, hidden, seen)
		}
	}
}

func TestMaskNames(t *testing.T) {
	got := MaskNames([]string{"问题台账", "13812345678", "13899995678", "138****5678"})
	if fmt.Sprint(got) != "[问题台账 138****5678(2) 138****5678(3) 138****5678]" {
		t.Error(got)
	}
}

// TestLongTexts: the search takes time in proportion to a text, whatever stands in it.
func TestLongTexts(t *testing.T) {
	for _, s := range []string{"1 ", "1", "13812345678,", "430304199001011231", "1.3", "E1", "一", "138*", "*1", "62 12 34 56 78", "1\u200b", "138-", "13800"} {
		text, best := strings.Repeat(s, 32_000/len(s)), time.Hour
		for try := 0; try < 5 && best > time.Second; try++ { // a busy machine may stand still for a second
			begin := time.Now()
			MaskText(text)
			best = min(best, time.Since(begin))
		}
		if best > time.Second {
			t.Errorf("%q over and over: %v", s, best)
		}
	}
}

func BenchmarkMaskText(b *testing.B) {
	for name, s := range map[string]string{
		"sentence": "菜市场门口路灯不亮，居民多次反映，已协调供电部门于8月20日前更换，并对周边三条道路进行排查。",
		"date":     "2022-08-15", "code": "DH-001", "credit code": "91430300MA4L16JJ55", "mobile": "联系电话13812345678", "amount": "1,234,567.89",
	} {
		b.Run(strings.ReplaceAll(name, " ", "_"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				MaskText(s)
			}
		})
	}
}

func FuzzMaskText(f *testing.F) {
	for _, s := range harmless {
		f.Add(s)
	}
	f.Add("138.1234.5678 430304-19900101-123X")
	f.Fuzz(func(t *testing.T, s string) {
		once := MaskText(s)
		if again := MaskText(once); again != once {
			t.Errorf("%q: %q becomes %q", s, once, again)
		}
	})
}

// TestGroupTests: each example is decided by the test that it stands for, and by none before.
func TestGroupTests(t *testing.T) {
	for _, want := range groupTests() {
		runes := []rune(want.example)
		s := &scan{runes: runes, digits: digitsOf(runes)}
		s.used = make([]bool, len(s.digits))
		g := s.grouped(0, 0, true)
		for _, test := range groupTests() {
			if test.look(s, g) == unsaid {
				continue
			}
			if test.name != want.name {
				t.Errorf("%s is decided by %q, not by %q", want.example, test.name, want.name)
			}
			break
		}
	}
}
