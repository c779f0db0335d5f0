package units

import (
	"regexp"
	"strings"
	"sync"

	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// Extent is how much of the zone a text in the place of a unit's name means.
type Extent uint8

const (
	OneUnit   Extent = iota // a unit, or nobody knows what
	OwnLevel                // what the zone does itself, beside its streets: 区本级
	WholeZone               // the zone with all its streets: 全区, 各街道, its own name
)

var (
	ownLevel = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(全|本)?(区|园区|开发区|高新区|经开区|新区|市|县|镇)?(本级|级|直|直属|本部|直单位|直部门|级单位|级部门|管委会)$`)
	})
	wholeZone = sync.OnceValue(func() *regexp.Regexp {
		const places = `(街道办事处|街道办|街道|镇街|街镇|乡镇|镇|街|乡|片区|单位)`
		return regexp.MustCompile(`^(全(区|园区|园|域|辖区|市|县|镇|街道)(域|范围|范围内)?|本区|整个?(区|园区)|辖区|辖区内|全部|全体|总体|整体|(全部|所有|各|各个|辖区各|全区各)` + places +
			`|[\d一二三四五六七八九十两几]+个?` + places + `|` + places + `)$`)
	})
	ofWhole = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^其中[:：,，]?|(合计|小计|总计|共计|汇总|总数|合计数|数)$`)
	})
	inBrackets = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\([^()]*\)`) })
	ofLevelIn  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(本级|级|直属|直|本部)$`) })
)

// nobodys tells names of streets that are no one's in particular: 跨街道, 其他镇街, 有关街道.
var nobodys = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(跨|多|相关|有关|涉及|涉|其他|其它|其余|未|无|不|非|外|原|某|等|所属|属地|所在|各|及|两|全)|(镇街|街镇|乡镇|市镇|城镇|村镇|集镇)$`)
})

// streetSigns are letters of which every streetName has one.
const streetSigns = "街镇乡苏"

// Stranger says whether a text is called as streets and townships are, but is none of the zone's, and gives those that the
// zone has. Who else a zone works with stands in no list (省生态环境厅): only a street is known to be none of them. The
// units of a county or city beside the zone are named with it (望城区丁字湾街道): anywhere but under street, they are meant.
func (u *Register) Stranger(text string, ofStreet bool) (known []string, stranger bool) {
	if !strings.ContainsAny(text, streetSigns) { // nearly all are departments and firms
		return nil, false
	}
	t := knownStreets.Get(text, calledStreet)
	if t == "" {
		return nil, false
	}
	if _, isKnown := u.zone.Match(t); isKnown || u.ExtentOf(t) != OneUnit || !ofStreet && (otherPlace().MatchString(t) || strings.Contains(t, "区")) {
		return nil, false
	}
	for _, s := range u.zone.Submitters {
		if s.Kind == "street" {
			known = append(known, s.Name)
		}
	}
	return known, len(known) > 0
}

// calledStreet gives the part of a text that is called as a street or a township is, and isn't nobody's in particular.
func calledStreet(text string) string {
	t := firstPart(inBrackets().ReplaceAllString(spelling.Squash(text), ""))
	if n := len([]rune(t)); n < 3 || n > 15 || !streetName().MatchString(t) || nobodys().MatchString(t) {
		return ""
	}
	return t
}

var knownStreets written.Memo[string] // what texts are called

// ExtentOf says how much of the zone a text means.
func (u *Register) ExtentOf(text string) Extent {
	if len(text) > 120 {
		return OneUnit
	}
	t := inBrackets().ReplaceAllString(spelling.Squash(text), "")
	bare := ofWhole().ReplaceAllString(t, "")
	if bare == "" && t != "" { // 小计
		return WholeZone
	}
	t = bare
	if _, ok := u.Street(t); ok {
		return OneUnit
	}
	switch {
	case u.zone.IsOwn(t) && (strings.HasSuffix(t, "管委会") || strings.HasSuffix(t, "委员会")), ownLevel().MatchString(t), u.zone.IsOwn(ofLevelIn().ReplaceAllString(t, "")) && !u.zone.IsOwn(t):
		return OwnLevel
	case u.zone.IsOwn(t), wholeZone().MatchString(t):
		return WholeZone
	}
	return OneUnit
}
