package settings

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// What is told above a form of which the file was changed after it was shown.
const (
	changedMeanwhile = "您填写期间，设置文件被改过（别的管理员，或有人用文本编辑器），为免覆盖没有写入。您填的还在下面："
	elsewhere        = "改的不是这一项，核对后再按一次“%s”就写入。"
	here             = "标出的地方和您打开时不同，核对后再按“%s”，就照下面显示的写入。"
	gone             = "这一项已被删掉；仍然需要的，按“%s”重新添加。"
	goneAnyway       = "您填写期间，设置文件被改过：要删除的这一项已经删掉了，不用再删。"
	sameAlready      = "您填写期间，设置文件被改过：现在的设置已经和您填的一样，不用再保存。"
)

// Fill puts what somebody typed into the form.
func (f *Form) Fill(typed url.Values) {
	for i := range f.Fields {
		f.Fields[i].Value = clean(typed.Get(f.Fields[i].Name))
	}
}

func clean(text string) string { return strings.TrimSpace(strings.ToValidUTF8(text, "?")) }

// Again shows what somebody typed into a form of the file as it was before, in the file as it is now, so that it can be saved
// knowingly: nothing that was typed is lost, and what was left alone stays as somebody else made it. It says at each field
// what became different meanwhile.
func (v *View) Again(part, item string, typed url.Values, remove bool) {
	f := v.same(part, item, typed)
	if f == nil && remove {
		v.Faults = append(v.Faults, goneAnyway)
		return
	}
	says := elsewhere
	if f == nil {
		if f = v.Form(part, "new"); f == nil {
			v.Faults = append(v.Faults, changedMeanwhile+strings.Join(typedInto(typed), "；"))
			return
		}
		f.Fill(typed)
		if part == "targets" {
			f.field("metric").Value = item
		}
		says = gone
	} else if !remove {
		if f.holds(typed) || f.Item == "new" && v.has(part, typed) {
			v.Faults = append(v.Faults, sameAlready)
			return
		}
		if f.merge(typed) {
			says = here
		}
	}
	f.Open, v.Anew = true, part
	v.Faults, v.At = append(v.Faults, changedMeanwhile+fmt.Sprintf(says, f.Does(remove))), append(v.At, f.Wrongs()...)
}

// Does is what the form's button says.
func (f Form) Does(remove bool) string {
	switch {
	case remove:
		return "删除"
	case f.Fresh:
		return "添加"
	}
	return "保存"
}

// typedInto is what somebody typed, where there is no form any more to show it in.
func typedInto(typed url.Values) (out []string) {
	for name, values := range typed {
		if value := clean(strings.Join(values, "、")); value != "" && name != "mark" && name != "part" && name != "item" && !strings.HasPrefix(name, "was-") {
			out = append(out, value)
		}
	}
	slices.Sort(out)
	return out
}

// TypedOnly keeps what was typed on a page that has no forms, as the file can't be read.
func (v *View) TypedOnly(typed url.Values) {
	v.Faults = append(v.Faults, "您填的没有写入，先记在这里："+strings.Join(typedInto(typed), "；"))
}

// same finds the form of the item that somebody had before them: places in lists move when something before them is removed.
func (v *View) same(part, item string, typed url.Values) *Form {
	if part == "targets" && item == "new" { // somebody else may have set it first
		if f := v.Form(part, typed.Get("metric")); f != nil {
			return f
		}
	}
	f := v.Form(part, item)
	by := knownBy[part]
	if by == nil || item == "new" || !typed.Has("was-"+by[0]) { // it is no item of a list, or nobody knows what it was
		return f
	}
	if x := v.moved(part, item, by, typed); x != nil {
		return x
	}
	if f != nil && part == "units" && f.field("name").Was == clean(typed.Get("was-name")) { // its code was changed
		return f
	}
	return nil
}

// knownBy are the fields by which the items of lists are known, the surest first.
var knownBy = map[string][]string{"units": {"code", "name"}, "returns": {"form", "from"}}

// moved finds an item of a list by what it was, all of it or else what it is surest known by: the one in its old place, or
// the only one; nil where there is none, or several elsewhere.
func (v *View) moved(part, item string, by []string, typed url.Values) *Form {
	for _, names := range [][]string{by, by[:1]} {
		found := v.were(part, names, typed)
		if i := slices.IndexFunc(found, func(x *Form) bool { return x.Item == item }); i >= 0 {
			return found[i]
		}
		if len(found) == 1 {
			return found[0]
		}
	}
	return nil
}

// were are the forms of a part whose named fields are what they were for somebody who had them before them.
func (v *View) were(part string, names []string, typed url.Values) (found []*Form) {
	for _, p := range v.Parts {
		for i := range p.Forms {
			if x := &p.Forms[i]; x.Part == part && !x.Fresh && !slices.ContainsFunc(names, func(n string) bool { return x.field(n).Was != clean(typed.Get("was-"+n)) }) {
				found = append(found, x)
			}
		}
	}
	return found
}

// holds says whether the file has what was typed.
func (f *Form) holds(typed url.Values) bool {
	return !f.Fresh && !slices.ContainsFunc(f.Fields, func(x Field) bool { return typed.Has(x.Name) && x.Was != clean(typed.Get(x.Name)) })
}

// has says whether a part has an item as it was typed.
func (v *View) has(part string, typed url.Values) bool {
	return slices.ContainsFunc(v.Parts, func(p Part) bool {
		return p.ID == part && slices.ContainsFunc(p.Forms, func(f Form) bool { return f.holds(typed) })
	})
}

// merge fills a form with what was typed, and with what the file has where nothing was; it says whether anything that the
// form shows became different meanwhile.
func (f *Form) merge(typed url.Values) (differs bool) {
	for i := range f.Fields {
		x := &f.Fields[i]
		value, was := clean(typed.Get(x.Name)), clean(typed.Get("was-"+x.Name))
		knows := typed.Has("was-" + x.Name)
		switch {
		case !typed.Has(x.Name) || value == x.Was || knows && was == x.Was:
		case knows && value == was:
			value = x.Was
			x.Fault = fmt.Sprintf("您填写期间%s，您没有改它，现照改后的显示。", x.became(was))
		case knows:
			x.Fault = fmt.Sprintf("您填写期间%s，再保存就改成您填的。", x.became(was))
		default:
			x.Fault = fmt.Sprintf("设置文件里现在%s，再保存就改成您填的。", x.words(x.Was))
		}
		if typed.Has(x.Name) {
			x.Value = value
		}
		x.Moved = x.Fault != ""
		differs = differs || x.Moved
	}
	return differs
}

func (x *Field) became(was string) string {
	return fmt.Sprintf("这里由%s改成了%s", x.words(was), x.words(x.Was))
}

// words is a value as the page shows it.
func (x *Field) words(value string) string {
	for _, o := range x.Options {
		if o[0] == value && o[1] != "" {
			return "“" + o[1] + "”"
		}
	}
	if value == "" {
		return "空白"
	}
	return "“" + value + "”"
}
