package settings

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/service"
	"taizhang/cmd/internal/web/grid"
	"taizhang/internal/decl"
	"taizhang/internal/lang"
	"taizhang/internal/schedule"
	"taizhang/internal/zone"
)

// View is 设置: what taizhang.yaml says, as forms that change it value by value.
type View struct {
	File   string
	Mark   string // of the file as it was read: what was changed meanwhile isn't overwritten
	Saved  string // section that was saved
	Anew   string // section of which what was typed is shown anew, as the file was changed meanwhile
	Faults []string
	At     []Wrong // faults that are told at fields
	Parts  []Part
	Broken bool // the file can't be read: it is mended with an editor
}

// Part is a section of the page.
type Part struct {
	ID, Title, Hint string
	Forms           []Form
}

// Wrong leads to a field with a fault.
type Wrong struct{ ID, Form, Label, Says string }

// Form is one thing that may be changed at once.
type Form struct {
	Part, Item string // Item: a place in a list, a key, "new", or "" where there is one only
	Title      string
	Fields     []Field
	Fresh      bool // it is to be added
	Removable  bool
	Open       bool
}

// Field is one value of a form.
type Field struct {
	Name, Label, Hint, Value, Fault string
	Moved                           bool        // Fault tells of what became different while the form was filled in, not of a wrong value
	Options                         [][2]string // value and label; none: a text
	Required                        bool
	list                            bool
	path                            []any
	Was                             string // its value in the file
}

// Of reads the file as it stands.
func Of(z *office.Zone) (text []byte, e *decl.Edit, v View, err error) {
	path := filepath.Join(z.Dir, zone.FileName)
	if v.File, err = filepath.Abs(path); err != nil {
		return nil, nil, v, err
	}
	if text, err = os.ReadFile(path); err != nil {
		return nil, nil, v, err
	}
	sum := sha256.Sum256(text)
	v.Mark = hex.EncodeToString(sum[:])
	if e, err = decl.NewEdit(text); err != nil {
		v.Broken = true
		if said := decl.Read(zone.FileName, text, decl.Options{}).Err(); said != nil {
			err = said // with the line, and in words
		}
		v.Faults = append(v.Faults, "taizhang.yaml 读不出来，请用文本编辑器改正："+lang.In(err, lang.Chinese))
		return text, nil, v, nil
	}
	v.Parts = parts(z, e)
	return text, e, v, nil
}

// parts are the forms for what a file says.
func parts(z *office.Zone, e *decl.Edit) []Part {
	return []Part{basicsPart(e), unitsPart(e), returnsPart(z, e), targetsPart(z, e), jobsPart(e), mailPart(e)}
}

// fill gives a form's fields their values, as the file has them.
func fill(e *decl.Edit, f Form, at ...any) Form {
	for i := range f.Fields {
		x := &f.Fields[i]
		if x.path == nil {
			x.path = []any{x.Name}
		}
		x.path = append(slices.Clone(at), x.path...)
		if values, ok := e.Get(x.path...); ok && !f.Fresh {
			x.Value = x.shown(values)
			x.Was = x.Value
		}
		if n := len(x.Options); n > 0 && !slices.ContainsFunc(x.Options, func(o [2]string) bool { return o[0] == x.Value }) {
			x.Options = append(slices.Clone(x.Options), [2]string{x.Value, x.Value})
			if x.Value == "" {
				x.Options = slices.Concat(choose, x.Options[:n])
			}
		}
	}
	return f
}

func basicsPart(e *decl.Edit) Part {
	f := Form{Part: "basics", Fields: []Field{
		{Name: "zone", Label: "园区名称", Required: true}, {Name: "contact", Label: "联系方式", Hint: "一行，印在每份回执上"},
		{Name: "backup", Label: "备份到文件夹", Hint: "U盘、移动硬盘或共享文件夹，如 E:/台账备份", path: backupPath(e)}}}
	return Part{ID: "basics", Title: "基本", Forms: []Form{fill(e, f)}}
}

func backupPath(e *decl.Edit) []any {
	if len(e.Keys("backup")) > 0 {
		return []any{"backup", "to"}
	}
	return []any{"backup"}
}

// choose stands first where one is to be chosen and none is likelier than another: what stands chosen already is sent by a
// single click.
var choose = [][2]string{{"", "请选择"}}

var kinds = [][2]string{{"", "按名称（街道、镇、乡算街道）"}, {string(zone.Department), "部门"}, {string(zone.Street), "街道"}}

func unitsPart(e *decl.Edit) Part {
	p := Part{ID: "units", Title: "填报单位", Hint: "按机构序列排列。单位撤并时填撤并日期和并入单位，不要删除。"}
	fields := func() []Field {
		return []Field{{Name: "code", Label: "代码", Hint: "英文字母、数字；启用后不要再改", Required: true}, {Name: "name", Label: "名称", Required: true}, {Name: "kind", Label: "类别", Options: kinds},
			{Name: "aliases", Label: "别名", Hint: "报表里的其他写法，用顿号隔开", list: true}, {Name: "since", Label: "设立日期", Hint: "新设单位从哪天起报送，如 2023-07-01；一直都有的不填"}, {Name: "until", Label: "撤并日期", Hint: "如 2023-06-30"}, {Name: "merged_into", Label: "并入单位"}}
	}
	for i := range e.Len("submitters") {
		f := fill(e, Form{Part: p.ID, Item: strconv.Itoa(i), Removable: true, Fields: fields()}, "submitters", i)
		f.Title = f.Fields[1].Value
		p.Forms = append(p.Forms, f)
	}
	p.Forms = append(p.Forms, fill(e, Form{Part: p.ID, Item: "new", Title: "添加单位", Fresh: true, Fields: fields()}, "submitters", "new"))
	return p
}

func returnsPart(z *office.Zone, e *decl.Edit) Part {
	p := Part{ID: "returns", Title: "应报报表", Hint: "谁报什么、何时报。时限：次周一 12:00、当周五 17:00、5个工作日（月后）、次月5日 12:00。"}
	var names [][2]string
	for _, f := range z.Forms.Forms {
		names = append(names, [2]string{f.ID, f.PlainTitle()})
	}
	fields := func() []Field {
		return []Field{{Name: "form", Label: "报表", Options: names, Required: true}, {Name: "from", Label: "单位", Hint: "名称用顿号隔开；或写 全部、部门、街道", list: true, Required: true},
			{Name: "due", Label: "报送时限", Hint: "如 次周一 12:00", Required: true}, {Name: "since", Label: "从哪一期起", Hint: "如 2022-W05、2022-01；不填则从收到第一份起"}}
	}
	for i := range e.Len("returns") {
		f := fill(e, Form{Part: p.ID, Item: strconv.Itoa(i), Removable: true, Fields: fields()}, "returns", i)
		f.Title = f.Fields[0].Value
		if x := z.Forms.Get(f.Title); x != nil {
			f.Title = x.PlainTitle()
		}
		f.Title += "：" + grid.Clip(f.Fields[1].Value, 60)
		p.Forms = append(p.Forms, f)
	}
	p.Forms = append(p.Forms, fill(e, Form{Part: p.ID, Item: "new", Title: "添加应报报表", Fresh: true, Fields: fields()}, "returns", "new"))
	return p
}

func targetsPart(z *office.Zone, e *decl.Edit) Part {
	p := Part{ID: "targets", Title: "目标", Hint: "比率写 0.90 或 90%。序时进度：与全年进度相比。"}
	ways := [][2]string{{"", "直接比较"}, {"year", "序时进度"}}
	set := e.Keys("targets")
	var free [][2]string
	for _, m := range z.Metrics.Metrics {
		if !slices.Contains(set, m.ID) {
			free = append(free, [2]string{m.ID, m.Label})
		}
	}
	for _, id := range set {
		title := id
		if m, err := z.Metrics.Metric(id); err == nil {
			title = m.Label
		}
		path, way := []any{"targets", id}, ""
		if slices.Contains(e.Keys(path...), "year") {
			path, way = append(path, "year"), "year"
		}
		f := fill(e, Form{Part: p.ID, Item: id, Title: title, Removable: true, Fields: []Field{{Name: "value", Label: "目标值", Required: true, path: path}}})
		f.Fields = append(f.Fields, Field{Name: "way", Label: "比较", Value: way, Was: way, Options: ways})
		p.Forms = append(p.Forms, f)
	}
	p.Forms = append(p.Forms, Form{Part: p.ID, Item: "new", Title: "添加目标", Fresh: true, Fields: []Field{
		{Name: "metric", Label: "指标", Options: slices.Concat(choose, free), Required: true}, {Name: "value", Label: "目标值", Required: true}, {Name: "way", Label: "比较", Options: ways}}})
	return p
}

func jobsPart(e *decl.Edit) Part {
	p := Part{ID: "schedule", Title: "定时", Hint: "如 每天 12:30、每周一 13:00、每月1日 14:00、每10分钟、工作日 09:00，也可写 cron 格式；不要做的写 不执行；不填的照下面写的默认时间。"}
	f := Form{Part: p.ID}
	for _, job := range zone.JobNames {
		path := []any{"schedule", job}
		if len(e.Keys(path...)) > 0 {
			path = append(path, "at")
		}
		f.Fields = append(f.Fields, Field{Name: job, Label: service.Titles[job], Hint: "默认 " + service.Usual(job), path: path})
	}
	p.Forms = []Form{fill(e, f)}
	return p
}

func mailPart(e *decl.Edit) Part {
	p := Part{ID: "mail", Title: "邮件", Hint: "不填则只生成文件。密码放在单独的文件里，这里只写文件名。"}
	f := fill(e, Form{Part: p.ID, Removable: len(e.Keys("mail")) > 0, Fields: []Field{
		{Name: "host", Label: "发信服务器", Required: true}, {Name: "port", Label: "端口", Hint: "默认 587"}, {Name: "tls", Label: "加密", Options: [][2]string{{"", "默认"}, {"starttls", "STARTTLS"}, {"implicit", "TLS"}}},
		{Name: "user", Label: "用户名"}, {Name: "password_file", Label: "密码文件"}, {Name: "from", Label: "发件人", Required: true},
		{Name: "leaders", Label: "收件人：领导", list: true, path: []any{"to", "leaders"}}, {Name: "office", Label: "收件人：办公室", list: true, path: []any{"to", "office"}}}}, "mail")
	f.Fresh = !f.Removable
	p.Forms = []Form{f}
	return p
}

// Form finds the form of an item; nil where there is none.
func (v *View) Form(part, item string) *Form {
	for i := range v.Parts {
		for k := range v.Parts[i].Forms {
			if f := &v.Parts[i].Forms[k]; f.Part == part && f.Item == item {
				return f
			}
		}
	}
	return nil
}

// groups are the words for several units at once.
var groups = map[string]string{"全部": "all", "部门": "departments", "街道": "streets"}

// shown is a value of the file as people are shown it: what the file may say in English, in Chinese.
func (x *Field) shown(values []string) string {
	text := strings.Join(values, "、")
	if len(x.path) > 0 && x.path[0] == "schedule" {
		if text == "off" {
			return "不执行"
		}
		return schedule.InWords(text)
	}
	switch x.Name {
	case "from":
		for word, group := range groups {
			if text == group {
				return word
			}
		}
	case "due":
		if r, err := zone.ParseRule(text); err == nil {
			return r.Chinese()
		}
	}
	return text
}

// source is a field's value as the file has it; "" for none.
func (x *Field) source() string {
	switch {
	case x.Value == "":
		return ""
	case number().MatchString(x.Value) && (x.Name == "value" || x.Name == "port"):
		return x.Value
	case !x.list:
		return decl.Scalar(x.Value)
	}
	names := strings.FieldsFunc(x.Value, isSeparator)
	for i, name := range names {
		if x.Name == "from" && groups[name] != "" {
			names[i] = groups[name]
		}
	}
	if len(names) == 1 && slices.Contains([]string{"all", "departments", "streets"}, names[0]) {
		return names[0]
	}
	return decl.List(names...)
}

func isSeparator(r rune) bool { return strings.ContainsRune("、，,;；\n\r\t ", r) }

// ErrKept is of what can't be removed.
var ErrKept = errors.New("nothing that can be removed")

var number = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^-?[0-9]{1,15}(\.[0-9]{1,15})?%?$`) })

// Write puts what a form says into the file.
func (f *Form) Write(e *decl.Edit) error {
	if f.Part == "targets" {
		return f.writeTarget(e)
	}
	if f.Item == "new" {
		var entries []string
		for _, x := range f.Fields {
			if text := x.source(); text != "" {
				entries = append(entries, x.Name+": "+text)
			}
		}
		at := e.Len(f.list())
		if err := e.Append("{"+strings.Join(entries, ", ")+"}", f.list()); err != nil {
			return err
		}
		for i := range f.Fields { // where faults of it are
			f.Fields[i].path = []any{f.list(), max(at, 0), f.Fields[i].Name}
		}
		return nil
	}
	for i := range f.Fields {
		x := &f.Fields[i]
		old, _ := e.Get(x.path...)
		if x.shown(old) == x.Value {
			continue
		}
		var err error
		if text := x.source(); text != "" {
			if n := len(x.path); n == 3 && x.path[1] == "to" && len(e.Keys(x.path[:2]...)) == 0 {
				err = e.Set("{"+x.path[2].(string)+": "+text+"}", x.path[:2]...)
			} else {
				err = e.Set(text, x.path...)
			}
		} else {
			err = e.Unset(x.path...)
		}
		if err != nil {
			return fmt.Errorf("%s：%w", x.Label, err)
		}
	}
	return nil
}

func (f *Form) list() string {
	return map[string]string{"units": "submitters", "returns": "returns"}[f.Part]
}

func (f *Form) field(name string) *Field {
	i := slices.IndexFunc(f.Fields, func(x Field) bool { return x.Name == name })
	return &f.Fields[i]
}

func (f *Form) writeTarget(e *decl.Edit) error {
	id := f.Item
	if f.Fresh {
		id = f.field("metric").Value
	}
	text := f.field("value").source()
	if f.field("way").Value != "" {
		text = "{year: " + text + "}"
	}
	f.field("value").path = []any{"targets", id}
	return e.Set(text, "targets", id)
}

// Remove takes a form's item out of the file.
func (f *Form) Remove(e *decl.Edit) error {
	switch {
	case f.Part == "mail":
		return e.Unset("mail")
	case f.Part == "targets":
		return e.Unset("targets", f.Item)
	case f.list() == "" || f.Fresh:
		return ErrKept
	}
	i, err := strconv.Atoi(f.Item)
	if err != nil {
		return ErrKept
	}
	return e.Unset(f.list(), i)
}

// FaultsIn are the faults of a declaration in an error.
func FaultsIn(err error) (out []*decl.Fault) {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, x := range many.Unwrap() {
			out = append(out, FaultsIn(x)...)
		}
		return out
	}
	var f *decl.Fault
	if errors.As(err, &f) {
		out = append(out, f)
	}
	return out
}
