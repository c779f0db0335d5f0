package forms

import (
	"fmt"
	"slices"
	"strings"

	"taizhang/internal/decl"
)

// Meanings that figures know of listed values. Of a column in which one is closed, open or long_term, every value has
// to be one of the three; the others single values out.
const (
	Closed    = "closed"    // done with: 已办结, 已解决, 已完成
	Open      = "open"      // to be done, and overdue once its deadline has passed: 未启动, 办理中
	LongTerm  = "long_term" // goes on without an end, never overdue: 长期推进
	Granted   = "granted"   // of a loan: 已授信, 已放款
	Satisfied = "satisfied" // of a rating: 满意, 基本满意
)

var (
	meanings = []string{Closed, Open, LongTerm, Granted, Satisfied}
	states   = []string{Closed, Open, LongTerm}
)

// means reads what the values of a column mean: {closed: [已办结], open: [未启动, 办理中]}.
func (c *Column) means(n *decl.Node) {
	entries, _ := n.Entries(meanings)
	for _, e := range entries {
		items, _ := e.Value.As("the values of %s", "%s 的可选值", e.Key.Value()).Items()
		for _, item := range items {
			name, ok := item.Text()
			if !ok {
				continue
			}
			v := c.value(name)
			switch {
			case v == nil:
				item.Fault("%q is not a value of %s", "“%s”不是 %s 的可选值", name, c.Field)
			case v.Means != "":
				item.Fault("%q means %s already", "“%s”已写作 %s", name, v.Means)
			default:
				v.Means = e.Key.Value()
			}
		}
	}
	if without := c.meaningless(); n != nil && len(without) > 0 {
		n.Fault("%s: what it means for the figures is not said; put it under one of %s", "没有写明“%s”在统计中算什么；请列在 %s 之一下面", strings.Join(without, "、"), strings.Join(states, ", "))
	}
}

func (c *Column) value(name string) *Value {
	for i := range c.Values {
		if c.Values[i].Name == name {
			return &c.Values[i]
		}
	}
	return nil
}

// meaningless are the values of a column of states that are given none.
func (c *Column) meaningless() (out []string) {
	if !c.HasStates() {
		return nil
	}
	for _, v := range c.Values {
		if v.Means == "" {
			out = append(out, v.Name)
		}
	}
	return out
}

// HasStates says whether the values of a column tell what is done and what is not.
func (c *Column) HasStates() bool {
	return slices.ContainsFunc(c.Values, func(v Value) bool { return slices.Contains(states, v.Means) })
}

// HasMeanings says whether any value of a column means something to the figures.
func (c *Column) HasMeanings() bool {
	return slices.ContainsFunc(c.Values, func(v Value) bool { return v.Means != "" })
}

// Written is the value of a column that is called so, or that has it for a spelling; nil for none.
func (c *Column) Written(text string) *Value {
	for i := range c.Values {
		if v := &c.Values[i]; v.Name == text || slices.Contains(v.Variants, text) {
			return v
		}
	}
	return nil
}

// Meanings are what its values mean, each once.
func (c *Column) Meanings() (out []string) {
	for _, v := range c.Values {
		if v.Means != "" && !slices.Contains(out, v.Means) {
			out = append(out, v.Means)
		}
	}
	return out
}

// meaningWords are the meanings as the dictionary says them.
var meaningWords = map[string]string{Closed: "算办结", Open: "算未办结（过了时限算超期）", LongTerm: "算长期推进（不算超期）", Granted: "算已授信", Satisfied: "算满意"}

// saysMeanings puts what the values of a column mean into words.
func (c *Column) saysMeanings() []string {
	var parts []string
	for _, m := range meanings {
		var names []string
		for _, v := range c.Values {
			if v.Means == m {
				names = append(names, v.Name)
			}
		}
		if len(names) > 0 {
			parts = append(parts, strings.Join(names, "、")+meaningWords[m])
		}
	}
	if parts == nil {
		return nil
	}
	return []string{fmt.Sprintf("「%s」在统计中：%s（`means`）", c.Title, strings.Join(parts, "；"))}
}

// inherit gives the values of a zone's own version of a built-in form, where it says nothing of them, the meaning that
// values of that name, or written so, have there. A value that is left without one would count as nothing in silence:
// it is a fault, but in an archive, where it counts as not done.
func (f *Form) inherit(from *Form, archived bool) (faults []error) {
	for i := range f.Columns {
		c := &f.Columns[i]
		b := from.Column(c.Field)
		if b == nil || c.HasMeanings() || !b.HasMeanings() || c.Type != List {
			continue
		}
		for k := range c.Values {
			c.Values[k].Means = b.meaningOf(&c.Values[k])
		}
		if !b.HasStates() {
			continue
		}
		var without []string
		for k := range c.Values {
			if v := &c.Values[k]; v.Means == "" && archived {
				v.Means = Open
			} else if v.Means == "" {
				without = append(without, v.Name)
			}
		}
		if len(without) > 0 {
			faults = append(faults, f.id.Pos().Fault("%[2]s of %[1]s: what %[3]s means for the figures is not said; add means: {open: [%[4]s]}, or closed, or long_term",
				"%[1]s 的 %[2]s：没有写明“%[3]s”在统计中算什么；请加一行 means: {open: [%[4]s]}（已办结用 closed，长期推进用 long_term）", f.ID, c.Field, strings.Join(without, "、"), strings.Join(without, ", ")))
		}
	}
	return faults
}

// meaningOf is what a value means that is named or written as one of the column's.
func (c *Column) meaningOf(v *Value) string {
	if own := c.value(v.Name); own != nil {
		return own.Means
	}
	for _, o := range c.Values {
		if slices.Contains(o.Variants, v.Name) || slices.Contains(v.Variants, o.Name) {
			return o.Means
		}
	}
	return ""
}

// Staging is the model stg.<form>: the rows as loaded, with what their listed values mean. The models of the built-in
// forms in transform/models/stg are written by it.
func (f *Form) Staging() string {
	var b strings.Builder
	var names, joins []string
	for _, c := range f.Columns {
		if c.Type == List { // rows of before may call a value otherwise than it is called now
			names = append(names, fmt.Sprintf("coalesce(%[1]s_value.name, t.%[1]s) as %[1]s", c.Field))
			joins = append(joins, fmt.Sprintf("left join ctl.form_value as %[1]s_value on %[1]s_value.form = '%[2]s' and %[1]s_value.field = '%[1]s' and %[1]s_value.value = t.%[1]s\n", c.Field, f.ID))
		} else {
			names = append(names, "t."+c.Field)
		}
		if c.Names {
			names = append(names, fmt.Sprintf("coalesce(t.%[1]s_folded, t.%[1]s) as %[1]s_folded", c.Field))
		}
		if c.Type.Sensitive() {
			names = append(names, "t."+c.Field+"_hash")
		}
		if c.HasMeanings() {
			names = append(names, fmt.Sprintf("%[1]s_value.means as %[1]s_means", c.Field))
		}
	}
	fmt.Fprintf(&b, "-- One row per row of %s as loaded. Written by `make generate` from the form.\n-- grain: zone, return_id, sheet, row_no\nselect\n    t.zone, t.return_id, t.sheet, t.row_no, t.key_text", f.Title)
	line := 200 // begin another
	for _, name := range names {
		if line += len(name) + 2; line > 120 {
			b.WriteString(",\n    " + name)
			line = len(name) + 4
			continue
		}
		b.WriteString(", " + name)
	}
	fmt.Fprintf(&b, "\nfrom raw.%s as t\n%s", f.ID, strings.Join(joins, ""))
	return b.String()
}
