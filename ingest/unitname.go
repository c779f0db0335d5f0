package ingest

import (
	"regexp"
	"strings"

	"taizhang/ingest/forms"
	"taizhang/internal/spelling"
	"taizhang/internal/zone"
)

var (
	// leadBefore and leadAfter are words around the unit that leads: 牵头单位：规建局；配合：经科局, 规建局牵头、经科局配合.
	leadBefore = regexp.MustCompile(`^(\d{1,2}[.、]|[(（]?\d[)）])?(牵头|主办|承办|责任|主责)(单位|部门)?[:：]?`)
	leadAfter  = regexp.MustCompile(`(为主|牵头|负责|主办|承办|主责|等)[^、，,;；/]*$`)
	// section is what a unit's own office is called: 规划建设局村镇科.
	section = regexp.MustCompile(`^.{1,8}(科|股|室|站|所|队|中心|处|组|社区|村|居委会|村委会)$`)
	// otherPlace begins the names of units of a place above or beside the zone: 市财政局 isn't the zone's 财政局.
	otherPlace = regexp.MustCompile(`^.{0,4}(国家|省|市|县|州|盟|旗)`)
)

// unit gives the name under which a unit counts: of several the first, a submitter by its own name. like names the
// submitter that is perhaps meant by a name that isn't known.
func (in *Intake) unit(text string) (name, like string) {
	name, known := in.Zone.FirstOf(text)
	if known {
		return name, ""
	}
	bare := leadBefore.ReplaceAllString(squash(text), "")
	for _, t := range []string{bare, firstPart(bare), leadAfter.ReplaceAllString(firstPart(bare), "")} {
		if first, ok := in.Zone.FirstOf(t); ok {
			return first, ""
		}
	}
	first := leadAfter.ReplaceAllString(firstPart(bare), "")
	if s, ok := in.named(first); ok {
		if rest, led := in.after(first, s); led && section.MatchString(rest) {
			return s.Name, ""
		}
		if !otherPlace.MatchString(first) {
			return name, s.Name
		}
		return name, ""
	}
	if n := len([]rune(first)); n >= 3 {
		for _, s := range in.Zone.Submitters {
			for _, k := range append([]string{s.Name}, s.Aliases...) {
				if len([]rune(k)) >= 3 && spelling.Distance(squash(k), first) <= 1 {
					return name, s.Name
				}
			}
		}
	}
	return name, ""
}

// street gives a street or township by its name, also without 街道, 镇 or 乡 where only one is called so.
func (in *Intake) street(text string) (zone.Submitter, bool) {
	if s, ok := in.Zone.Match(text); ok {
		return s, true
	}
	t := in.withoutZone(text)
	if len([]rune(t)) < 2 {
		return zone.Submitter{}, false
	}
	found, n := zone.Submitter{}, 0
	for _, s := range in.Zone.Submitters {
		if s.Kind != "street" {
			continue
		}
		for _, k := range append([]string{s.Name}, s.Aliases...) {
			if rest, ok := strings.CutPrefix(in.withoutZone(k), t); ok && isOneOf(rest, []string{"街道", "镇", "乡", "街", "街道办", "街道办事处", "苏木"}) {
				if n == 0 || found.Code != s.Code {
					found, n = s, n+1
				}
				break
			}
		}
	}
	return found, n == 1
}

// after is what follows one of a submitter's names at the beginning of a text.
func (in *Intake) after(text string, s zone.Submitter) (string, bool) {
	t := in.withoutZone(text)
	for _, k := range append([]string{s.Name}, s.Aliases...) {
		if rest, ok := strings.CutPrefix(t, squash(k)); ok {
			return rest, true
		}
	}
	return "", false
}

// firstPart is a text up to the first mark that sets several units apart.
func firstPart(s string) string {
	if i := strings.IndexAny(s, ",;、/|，；"); i > 0 {
		return s[:i]
	}
	return s
}

// readUnit reads a unit's name; names are kept, since a column repeats few. Of a name that looks like a submitter's but
// is none, the first cell is asked about.
func (t *typer) readUnit(raw string, col *forms.Column) (value, *fault) {
	key := col.Field + keySep + raw
	u, seen := t.units[key]
	if seen {
		return value{set: u != "", text: u}, nil // nothing but separators names no unit
	}
	like := ""
	if s, ok := t.in.street(raw); ok && col.Field == "street" {
		u = s.Name
	} else {
		u, like = t.in.unit(raw)
	}
	u = t.hidden(u)
	if t.units == nil {
		t.units = map[string]string{}
	}
	t.units[key] = u
	if like != "" && u != "" {
		f := doubt("unit_unknown", "「%s」“%s”不在单位名单里，像是“%s”，按所写的名称单独统计", col.Title, t.quote(raw, 30), like).
			mend("请改为“%s”；如是另一个单位，请忽略本条；如是它的另一名称，请管理员登记为别名", like)
		f.suggest = like
		return value{set: true, text: u}, f
	}
	return value{set: u != "", text: u}, nil
}
