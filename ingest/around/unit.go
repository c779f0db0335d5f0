package around

import (
	"regexp"
	"strings"
	"sync"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/internal/spelling"
)

// unitClause is all of a clause that states the unit of a table's amounts: 单位:万元, 以上金额单位均为万元, 金额以万元计. One that
// names a column (申报金额单位为元) says nothing of the others.
var unitClause = sync.OnceValue(func() *regexp.Regexp {
	const which = `^(注|备注|说明|附注)?:?[(（]?\d*[.、]?(以上|上述|上列|本表|表中|表内|上表|本台账|本清单|各项|各栏|所有|全部|涉及|有关|相关|的|数据|金额|资金|款项|货币|计量|币种)*`
	return regexp.MustCompile(which + `(单位(均|都|皆|统一|全部)*(为|是|按|以)?:?|(均|都|皆|统一|全部)*(以|按)|:)(人民币)?((亿|千万|百万|十万|万|千|百)?元)(为单位|计算|计|填报|填写|为准)?[)）]?$`)
})

// unitStated gives the unit that a clause of a text states for the table's amounts.
func unitStated(text string) (unit string, ok bool) {
	if len(text) > 600 || !strings.Contains(text, "元") {
		return "", false
	}
	for _, clause := range strings.FieldsFunc(spelling.Squash(text), func(r rune) bool { return strings.ContainsRune("。;；,，!！", r) }) {
		if m := unitClause().FindStringSubmatch(clause); m != nil {
			return m[len(m)-3], true
		}
	}
	return "", false
}

// aloneUnit is a cell above a table that says nothing but a unit: 万元, （元）.
var aloneUnit = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[(（\[【]?((人民币)?((亿|千万|百万|十万|万|千|百)?元))[)）\]】]?$`)
})

// unitInBrackets is what stands behind 单位 without a colon: 金额单位（万元）.
var unitInBrackets = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[(（\[【](人民币)?(亿|千万|百万|十万|万|千|百)?元[)）\]】]$`)
})

// UnitRow says whether a row says nothing but a unit: 单位：万元.
func UnitRow(row *sheet.Row) bool {
	text := strings.ReplaceAll(strings.TrimSpace(sight.Joined(row)), "： ", "：")
	_, ok := unitStated(text)
	return ok && len(text) <= 60
}
