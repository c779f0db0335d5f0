package secret

import (
	"slices"
	"testing"
)

func TestMaskText(t *testing.T) {
	for text, want := range map[string]string{
		"电话13812345678。": "电话138****5678。", "138 1234 5678": "138****5678", "138-1234-5678": "138****5678", "１３８１２３４５６７８": "138****5678",
		"138－1234－5678": "138****5678", "1381234 5678": "138****5678", "+8613812345678": "+138****5678", "1 3 8 1 2 3 4 5 6 7 8": "138****5678",
		"138\u200b12345678": "138****5678", "430304199001011231": "4303**********1231", "430304 19900101 1231": "4303**********1231", "43030419900101123x": "4303**********123X",
		"４３０３０４１９９００１０１１２３Ｘ": "4303**********123X", "430304900101123": "4303*******1123", "430304-19900101-123 X": "4303**********123X",
		"张13812345678，李13912345678": "张138****5678，李139****5678",
	} {
		if got := MaskText(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{"", "2022-08-15 138户 1234人", "91430300MA4L16JJ55", "单号20220815138123456789", "0731-58221234", "12345热线", "金额13812345.67元", "2022081513812345678", "100-200-300-400-500"} {
		if got := MaskText(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestChecks(t *testing.T) {
	for _, code := range []string{"91430300MA4L16JJ55", "91430300MA4L26KK7R", "91430300MA4L46MM14"} {
		if CreditCodeCheck(code) != code[17] {
			t.Errorf("%s: check character %c", code, CreditCodeCheck(code))
		}
	}
	for _, id := range []string{"430304199001011231", "11010519491231002X"} { // the second is the example of GB 11643
		if IDCheck(id) != id[17] {
			t.Errorf("%s: check character %c", id, IDCheck(id))
		}
	}
}

// TestSaidNames: sheets are known by the names that a report has for them, whatever is hidden in those.
func TestSaidNames(t *testing.T) {
	names := []string{"说明", "湘潭甲公司", "湘潭乙公司", "13812345678", "张三丰"}
	said := []string{"湘***", "湘***(2)", "138****5678", "张*"}
	if got, want := SaidNames(names, said), []string{"说明", "湘***", "湘***(2)", "138****5678", "张*"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	for masked, name := range map[string]string{"湘***": "长沙甲公司", "湘***表": "湘潭甲公司", "表湘***": "湘潭甲公司", "说明": "说明书", "湘***(2)表": "湘潭甲公司表"} {
		if StandsFor(masked, name) {
			t.Errorf("%s stands for %s", masked, name)
		}
	}
}

// TestAmountsInWords: an amount of eleven digits is no mobile number where its unit stands behind it; a number before the
// surname 元 is one, and so is whatever a word for phones stands before.
func TestAmountsInWords(t *testing.T) {
	for _, text := range []string{
		"总投资15000000000元", "项目总投资15000000000元未到位", "总投资18612345678元用于建设", "涉及资金13800000000.00元", "计15900000000元人民币", "贷款13912345678元由甲银行发放",
		"产值13812345678欧元", "用地13812345678平方米", "储量13812345678吨", "面积15000000000亩", "尚有13812345678元未拨付", "13812345678元已到账", "总投资18,600,000,000元",
	} {
		if got := MaskText(text); got != text {
			t.Errorf("%q is masked: %q", text, got)
		}
	}
	for text, want := range map[string]string{
		"13812345678元芳反映": "138****5678元芳反映", "电话15000000000元": "电话150****0000元", "手机号13812345678元未提供": "手机号138****5678元未提供", "联系13812345678亩": "联系138****5678亩",
		"13812345678人反映": "138****5678人反映", "15000000000户主": "150****0000户主", "由13812345678米先生": "由138****5678米先生", "15000000000": "150****0000",
	} {
		if got := MaskText(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
