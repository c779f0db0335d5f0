package settings

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"taizhang/internal/decl"
	"taizhang/internal/lang"
)

// Complete says whether what is required was filled in, of what there is to choose, and with what can be seen; where it
// wasn't, that is told at the field.
func (f *Form) Complete() bool {
	for i := range f.Fields {
		x := &f.Fields[i]
		switch {
		case x.Required && x.Value == "":
			x.Fault = "请填写" + x.Label + "。"
			if x.Options != nil {
				x.Fault = "请选择" + x.Label + "。"
			}
		case x.Options != nil && !slices.ContainsFunc(x.Options, func(o [2]string) bool { return o[0] == x.Value }):
			x.Fault = "请在所列的里面选择" + x.Label + "。"
		case strings.ContainsFunc(x.Value, func(r rune) bool { return !unicode.IsPrint(r) && r != '　' && !(x.list && isSeparator(r)) }):
			x.Fault = x.Label + "里有看不见的字符，请重新输入。"
		}
	}
	return !f.Blamed()
}

// Blame puts what is wrong with the changed file at the fields where it is, or that brought it about elsewhere in the
// file; the rest is told above. remove: the item was to be taken out.
func (f *Form) Blame(e *decl.Edit, err error, remove bool) (rest []string) {
	if errors.Is(err, decl.ErrByHand) {
		return []string{lang.In(err, lang.Chinese)}
	}
	lost := map[string][]int{} // names that nobody has any more, with the lines that hold them
	for _, x := range FaultsIn(err) {
		says := keyOfFile().ReplaceAllString(x.Says.In(lang.Chinese), "")
		if i := slices.IndexFunc(f.Fields, func(y Field) bool { return !remove && len(y.path) > 0 && e.Holds(x.Pos, y.path...) }); i >= 0 {
			f.Fields[i].Fault = says
		} else if name := f.lost(says); name != "" {
			lost[name] = append(lost[name], x.Line)
		} else if i := f.named(says); i >= 0 && !remove {
			f.Fields[i].Fault = fmt.Sprintf("%s（设置文件第%d行）", says, x.Line)
		} else {
			rest = append(rest, fmt.Sprintf("第%d行：%s", x.Line, says))
		}
	}
	for name, lines := range lost {
		f.blameLost(name, lines, remove)
	}
	return rest
}

// keyOfFile is the key of the file that a fault names: on a page the field has a label.
var keyOfFile = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(?:(?:目标|定时) )?[a-z_.]+：|（code）`) })

// lost gives the name of the form's unit that something else in the file goes on using, which no longer means a unit; ""
// where the fault is another.
func (f *Form) lost(says string) string {
	if f.Part != "units" || f.Fresh {
		return ""
	}
	for _, x := range f.Fields {
		for _, name := range x.before() {
			if strings.Contains(says, "没有填报单位“"+name+"”") {
				return name
			}
		}
	}
	return ""
}

// before are the names that a field of a unit gave it.
func (x *Field) before() []string {
	switch x.Name {
	case "code", "name":
		return []string{x.Was}
	case "aliases":
		return strings.Split(x.Was, "、")
	}
	return nil
}

// blameLost says at the field that gave a name what else uses it, and what to do.
func (f *Form) blameLost(name string, lines []int, remove bool) {
	var at []string
	for _, n := range lines {
		at = append(at, fmt.Sprint(n))
	}
	says := fmt.Sprintf("设置里别处还写着“%s”（设置文件第%s行，如应报报表的单位）。", name, strings.Join(at, "、"))
	i := slices.IndexFunc(f.Fields, func(x Field) bool { return slices.Contains(x.before(), name) })
	x := &f.Fields[i]
	switch {
	case remove:
		x = f.field("name")
		says += "单位撤并的，请填撤并日期和并入单位，不要删除；建错了的，先把那里改掉。"
	case x.Name == "name":
		says += fmt.Sprintf("改名请把旧名“%s”写进下面的“别名”，旧写法就照样认得。", name)
	case x.Name == "code":
		says += "代码启用后不要再改，请改回去。"
	default:
		says += "请留着这个别名，或先把那里改掉。"
	}
	if x.Fault == "" { // what is wrong with the value itself comes first
		x.Fault = says
	}
}

// named is the field of which a fault elsewhere names the value: what the other place has already; -1 for none.
func (f *Form) named(says string) int {
	return slices.IndexFunc(f.Fields, func(x Field) bool {
		values := []string{x.Value}
		if x.list {
			values = strings.FieldsFunc(x.Value, isSeparator)
		}
		return x.Value != x.Was && slices.ContainsFunc(values, func(v string) bool { return v != "" && strings.Contains(says, "“"+v+"”") })
	})
}

// Blamed says whether something is wrong with a field.
func (f *Form) Blamed() bool {
	return slices.ContainsFunc(f.Fields, func(x Field) bool { return x.Fault != "" })
}

// ID is the identifier of a field on the page.
func (f *Form) ID(x Field) string { return f.Part + "-" + f.Item + "-" + x.Name }

// Wrongs are the fields with faults.
func (f *Form) Wrongs() (out []Wrong) {
	for _, x := range f.Fields {
		if x.Fault != "" {
			out = append(out, Wrong{f.ID(x), f.Title, x.Label, x.Fault})
		}
	}
	return out
}
