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
