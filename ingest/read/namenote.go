package read

import (
	"regexp"
	"strings"
	"sync"

	"taizhang/ingest/forms"
	"taizhang/internal/spelling"
)

// A firm is told by its name where a form has no code for it: what is noted beside the name makes it another one.

var (
	// notedName is a firm's name with a bracket behind it; noteWord begins what is none of the name's own brackets, such as （湖南）,
	// （有限合伙）, （筹）.
	notedName = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(.{2,}(?:公司|厂|合作社|农场|商行|经营部|中心|集团|企业|学校|医院|银行|支行))[(（【\[]([^()（）【】\[\]]{1,20})[)）】\]]$`)
	})
	noteWord = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(已|拟|待|正在)?(注销|吊销|搬迁|迁出|迁入|停产|停业|歇业|破产|倒闭|更名|改名|重组|退出|转让)|^(原|曾用名|现更名|现名|新名|简称|别名|以下简称)[:：]?.|^(规|限)(上|下)$|^四上|^(新增|重点|联系人|电话|法人|负责人)([:：].*)?$`)
	})
	ordinals = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(^|[\s;；,，、])\d{1,2}[.、．]`) })
	// numberedName is a name behind a running number.
	numberedName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(\d{1,3}[.、．])(\p{Han}.+)$`) })
)

// noteIn gives a firm's name and what is noted beside it; nothing of a name alone, as nearly all are.
func noteIn(text string) (bare, note string) {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > 200 {
		return "", ""
	}
	switch c := text[0]; {
	case c >= '0' && c <= '9':
		if m := numberedName().FindStringSubmatch(text); m != nil && firmTail().MatchString(m[2]) && len(ordinals().FindAllString(text, 2)) < 2 {
			return m[2], m[1]
		}
	case strings.HasSuffix(text, "*") || strings.HasSuffix(text, "＊") || strings.HasSuffix(text, "★"):
		bare = strings.TrimRight(text, "*＊★ ")
		if firmTail().MatchString(bare) {
			return bare, text[len(bare):]
		}
	case strings.HasSuffix(text, ")") || strings.HasSuffix(text, "）") || strings.HasSuffix(text, "]") || strings.HasSuffix(text, "】"):
		if m := notedName().FindStringSubmatch(text); m != nil && noteWord().MatchString(spelling.Squash(m[2])) {
			return m[1], m[2]
		}
	}
	return "", ""
}

// codeTells says whether the row's firm is told by its code, however its name is written.
func (r *lineReader) codeTells() bool {
	for k := range r.pt.Form.Columns {
		if r.pt.Form.Columns[k].Type == forms.USCC && r.vals[k].Set {
			return true
		}
	}
	return false
}
