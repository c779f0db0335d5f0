package forms

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// TestEmbedded: every declaration on disk is in the program, and is a form of DOMAIN's list.
func TestEmbedded(t *testing.T) {
	onDisk, err := filepath.Glob("*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	embedded, err := builtin.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	set, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(onDisk) != len(embedded) || len(onDisk) != len(set.Forms) || len(onDisk) != len(order) {
		t.Errorf("%d files, %d embedded, %d forms, %d in the order of lists", len(onDisk), len(embedded), len(set.Forms), len(order))
	}
	for i, f := range set.Forms {
		if f.ID != order[i] || f.Seq != i+1 || set.Get(f.ID) != f || set.Lookup(f.Title) != f || set.Lookup(f.PlainTitle()) != f {
			t.Errorf("%s is not at its place", f.ID)
		}
	}
}

// TestSynonymsMeanOneColumn: within a form no title or synonym names two columns, no variant two values, no title two forms.
func TestSynonymsMeanOneColumn(t *testing.T) {
	set, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	titles := map[string]string{}
	for _, f := range set.Forms {
		for _, title := range append([]string{f.Title}, f.Synonyms...) {
			if other, ok := titles[title]; ok {
				t.Errorf("the title %s belongs to %s and %s", title, other, f.ID)
			}
			titles[title] = f.ID
		}
		names := map[string]string{}
		for _, c := range f.Columns {
			for _, n := range append([]string{c.Title}, c.Synonyms...) {
				n = strings.NewReplacer("（", "(", "）", ")", " ", "").Replace(n)
				if other, ok := names[n]; ok {
					t.Errorf("%s: the heading %s means %s and %s", f.ID, n, other, c.Field)
				}
				names[n] = c.Field
			}
			values := map[string]string{}
			for _, v := range c.Values {
				for _, n := range append([]string{v.Name}, v.Variants...) {
					if other, ok := values[n]; ok {
						t.Errorf("%s.%s: %s means %s and %s", f.ID, c.Field, n, other, v.Name)
					}
					values[n] = v.Name
				}
			}
		}
	}
}

// TestRequired: the required columns, keys and modes are DOMAIN's.
func TestRequired(t *testing.T) {
	set, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{
		"problem":            "ledger week problem_no,source,list,description,lead_unit,assigned_on,deadline,status",
		"enterprise_request": "ledger week batch,item_no,enterprise,problem_type,description,lead_unit,assigned_on,deadline,status",
		"special_item":       "ledger week list_name,item_no,description,lead_unit,assigned_on,deadline,status",
		"contact":            "ledger month contact_type,liaison,target",
		"key_task":           "ledger week batch,task_no,task_name,lead_unit,deadline,status",
		"livelihood":         "ledger month project_no,project_name,lead_unit,planned_finish_on,status",
		"activity":           "period week activity_type,held_on,subject",
		"assistance":         "period month programme,street,month",
		"beneficiary":        "ledger month person_name,id_number,household_no,programme,street",
		"incentive":          "period month enterprise,enterprise_code,programme,paid_amount,paid_on",
		"tax_refund":         "period month taxpayer,taxpayer_no,refund_amount,refunded_on",
		"pension_deferral":   "period month enterprise,people,deferred_amount,start_month",
		"job_fair":           "period month fair_name,held_on,enterprises,positions,seekers,intentions",
		"financing":          "ledger month enterprise,requested_amount,status",
		"land_payment":       "ledger month enterprise,instalment,due_amount",
		"enterprise":         "ledger month enterprise,enterprise_code,enterprise_type",
	} {
		f := set.Get(id)
		var fields []string
		for _, c := range f.Columns {
			if c.Required {
				fields = append(fields, c.Field)
			}
		}
		if got := fmt.Sprintf("%s %s %s", f.Mode, f.Frequency, strings.Join(fields, ",")); got != want {
			t.Errorf("%s: got %s, want %s", id, got, want)
		}
	}
	money := map[string]bool{"incentive": true, "tax_refund": true, "pension_deferral": true, "assistance": true, "land_payment": true}
	for _, f := range set.Forms {
		if f.TotalsReject != money[f.ID] {
			t.Errorf("%s: totals reject is %v", f.ID, f.TotalsReject)
		}
		if f.OptIn != (f.ID == "beneficiary") || f.Sensitive() != (f.ID == "beneficiary" || f.ID == "tax_refund") || (f.HashScope != "") != (f.ID == "tax_refund") {
			t.Errorf("%s: opt in %v, sensitive %v, hash scope %q", f.ID, f.OptIn, f.Sensitive(), f.HashScope)
		}
	}
}

const small = `id: stock
title: 库存表
mode: period
frequency: month
own_date: day
key: [item|other, day]
columns:
  - {field: item, title: 品名, type: text, required: true}
  - {field: other, title: 别名, type: text}
  - {field: day, title: 日期, type: date, role: fact}
  - field: state
    title: 状态
    type: list
    values:
      在库: [有]
      出库: []
  - {field: until, title: 时限, type: date, role: deadline, open_ended: {words: [长期], field: state, values: [在库]}}
rules:
  - {id: r1, kind: present_when, field: day, when: state, values: [在库]}
  - {id: r2, kind: not_before, field: until, than: day}
`

func TestParse(t *testing.T) {
	f, err := Parse("stock.yaml", []byte(small))
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Columns) != 5 || len(f.Rules) != 2 || len(f.Key) != 2 || !f.Column("item").InKey || !f.Column("other").InKey || f.Column("until").InKey {
		t.Errorf("%+v", f)
	}
}

// TestRefusals: what is wrong with a declaration is said with file, line and column.
func TestRefusals(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"mode: period", "mode: period\ncolour: red", `stock.yaml:4:1: unknown key "colour"`},
		{"mode: period", "mode: yearly", `stock.yaml:3:7: mode "yearly"`},
		{"frequency: month", "frequency: day", `stock.yaml:4:12: frequency "day"`},
		{"id: stock", "id: Stock", `stock.yaml:1:5: id "Stock"`},
		{"title: 库存表\n", "", "title is missing"},
		{"title: 库存表", "title: 库存表\ntitle: 另一个", "stands twice"},
		{"own_date: day", "own_date: item", `stock.yaml:5:11: own_date "item"`},
		{"own_date: day\n", "", `own_date ""`},
		{"key: [item|other, day]", "key: [item, nothing]", `key: no such field "nothing"`},
		{"key: [item|other, day]\n", "", "key is missing"},
		{"field: item, title", "field: Item, title", `stock.yaml:8:13: field "Item"`},
		{"field: item, title", "field: sheet, title", `stock.yaml:8:13: field "sheet"`},
		{"type: text, required: true", "type: words, required: true", `unknown type "words"`},
		{"type: text, required: true", "type: text, requierd: true", `unknown key "requierd"`},
		{"type: text, required: true", "type: text, required: maybe", "stock.yaml"},
		{"role: fact", "role: guess", `unknown role "guess"`},
		{"field: other, title: 别名", "field: item, title: 别名", `stock.yaml:9:5: the field "item" stands twice`},
		{"title: 别名, type", "type", "title is missing"},
		{"    values:\n      在库: [有]\n      出库: []\n", "", "a list needs values"},
		{"在库: [有]", "在库: {有: 1}", "stock.yaml:15:11: the variants of 在库 is a mapping, not a list"},
		{"field: state, values: [在库]}}", "field: nothing, values: [在库]}}", `open_ended: no such field "nothing"`},
		{"open_ended: {words", "open_ended: {wrods", `unknown key "wrods"`},
		{"kind: present_when", "kind: whole_when", `whole_when: day is no percentage`},
		{"kind: present_when", "kind: done_exactly_when", `done_exactly_when: day is no text`},
		{"kind: present_when", "kind: present_sometimes", `kind "present_sometimes"`},
		{"kind: not_before, field: until", "kind: not_before, field: nothing", `field: no such field "nothing"`},
		{"than: day", "than: nothing", `than: no such field "nothing"`},
		{"when: state, values: [在库]}\n", "when: state, values: [丢失]}\n", `"丢失" is not a value of state`},
		{"id: r1, kind", "name: r1, kind", `unknown key "name"`},
		{"columns:\n", "colunms:\n", `unknown key "colunms"`},
	} {
		text := strings.Replace(small, c.old, c.new, 1)
		if text == small {
			t.Fatalf("%q is not in the declaration", c.old)
		}
		_, err := Parse("stock.yaml", []byte(text))
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "stock.yaml:") {
			t.Errorf("%s → %s: got %v, want …%s…", c.old, c.new, err, c.want)
		}
	}
	for text, want := range map[string]string{"": "stock.yaml:1:1: the file is empty", "- a\n": "stock.yaml:1:1: a form is a list, not keys and values", "a: [": "stock.yaml"} {
		if _, err := Parse("stock.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

// TestRefusalsTogether: all faults of a declaration at once, in both languages; what refers to a column at fault is not blamed.
func TestRefusalsTogether(t *testing.T) {
	text := strings.NewReplacer("mode: period", "mode: yearly\ncolour: red", "type: date, role: fact", "type: day, role: guess", "kind: present_when", "kind: present_sometimes", "than: day", "than: nothing").Replace(small)
	_, err := Parse("stock.yaml", []byte(text))
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"stock.yaml:3:7: mode", "stock.yaml:4:1: unknown key", "stock.yaml:11:35: unknown type", "stock.yaml:11:46: unknown role", "stock.yaml:20:20: kind", "stock.yaml:21:52: than"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nlacks %s", err, want)
		}
	}
	if got := strings.Count(err.Error(), "\n") + 1; got != 6 {
		t.Errorf("%d faults: %v", got, err)
	}
	t.Setenv("LC_ALL", "zh_CN.UTF-8")
	if zh := err.Error(); !strings.Contains(zh, "stock.yaml:3:7: mode“yearly”应为 ledger（台账）或 period（逐期累加）") || strings.Contains(zh, "%!") {
		t.Error(zh)
	}
}

// TestTitlesApart: a zone's own form may not go by the title, view or id of another: one would hide the other.
func TestTitlesApart(t *testing.T) {
	own := func(title string) fstest.MapFS {
		return fstest.MapFS{"stock.yaml": {Data: []byte(strings.Replace(small, "title: 库存表", "title: "+title, 1))}}
	}
	for title, want := range map[string]string{
		"问题台账": `title "问题台账" is that of form problem; a form's own id is problem.yaml where`, "“问题台账”": "is that of form problem", "问 题 台 账": "is that of form problem",
		"六个一批重点任务": "is that of form key_task", "‘六个一批’重点任务": "is that of form key_task", "「六个一批」重点任务": "is that of form key_task",
		"problem": `title "problem" is the id of another form`, "Problem": "is the id of another form",
	} {
		_, err := Load(own(title))
		if err == nil || !strings.Contains(err.Error(), "forms/stock.yaml:2:8: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", title, err)
		}
		f, err := Parse("stock.yaml", []byte(strings.Replace(small, "title: 库存表", "title: "+title, 1)))
		if err != nil {
			t.Fatal(err)
		}
		set, err := Load()
		if err != nil {
			t.Fatal(err)
		}
		if err := set.Check(f); err == nil || !strings.Contains(err.Error(), "stock.yaml:2:8: ") {
			t.Errorf("forms check: %s: %v", title, err)
		}
	}
	two := fstest.MapFS{"stock.yaml": {Data: []byte(small)}, "stock2.yaml": {Data: []byte(strings.Replace(small, "id: stock", "id: stock2", 1))}}
	if _, err := Load(two); err == nil || !strings.Contains(err.Error(), "forms/stock2.yaml:2:8: ") {
		t.Errorf("two of the zone's own: %v", err)
	}
	problem, err := os.ReadFile("problem.yaml")
	if err != nil {
		t.Fatal(err)
	}
	taken := strings.Replace(string(problem), "title: 问题台账", "title: 惠企资金兑付台账", 1)
	if _, err := Load(fstest.MapFS{"problem.yaml": {Data: []byte(taken)}}); err == nil || !strings.Contains(err.Error(), "forms/problem.yaml:2:8: ") || !strings.Contains(err.Error(), "incentive") {
		t.Errorf("a replaced form under the title of another: %v", err)
	}
	if _, err := Load(fstest.MapFS{"problem.yaml": {Data: problem}}); err != nil {
		t.Errorf("a form replaced by its own: %v", err)
	}
	// What was in force once is read again.
	if _, err := FromTexts(map[string]string{"stock": small, "stock2": strings.Replace(small, "id: stock", "id: stock2", 1)}); err != nil {
		t.Errorf("from the archive: %v", err)
	}
}

// TestLearned: what was learned is written so that it is read again, whatever it is; faults come all at once.
func TestLearned(t *testing.T) {
	l := &Learned{}
	for _, w := range []string{"流转情况", "a: b", "x, y", "[z]", "“春风行动”", "123", "~", "'", "#1", "甲，乙"} {
		l.Lessons = append(l.Lessons, Lesson{Form: "问题台账", Written: w, Meant: "办理状态"}, Lesson{Form: "问题台账", Column: "办理状态", Written: w, Meant: "已办结"}, Lesson{Written: w, Meant: "产业局"})
	}
	again, err := ParseLearned("learned.yaml", l.Text())
	if err != nil || len(again.Lessons) != len(l.Lessons) {
		t.Fatalf("%v\n%s", err, l.Text())
	}
	for _, x := range l.Lessons {
		if !again.Has(x) {
			t.Errorf("%+v is lost:\n%s", x, l.Text())
		}
	}
	_, err = ParseLearned("learned.yaml", []byte("alias: {甲: [乙]}\nheadings: {问题台账: [x]}\nvalues:\naliases: {产业局: 产业科}\n"))
	if err == nil || err.Error() != "learned.yaml:1:1: unknown key \"alias\"; did you mean \"aliases\"?\nlearned.yaml:2:18: 问题台账 is a list, not keys and values\nlearned.yaml:4:16: the spellings of 产业局 is \"产业科\", not a list" {
		t.Error(err)
	}
	set, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	wrong, err := ParseLearned("learned.yaml", []byte("headings:\n  问题台帐: {办理状态: [x]}\n  问题台账: {办里状态: [y]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("LC_ALL", "zh_CN.UTF-8")
	if err := wrong.Apply(set); err == nil || err.Error() != "learned.yaml:2:17: 没有表样“问题台帐”（是不是“问题台账”？）\nlearned.yaml:3:17: 问题台账没有“办里状态”列（是不是“办理状态”？）" {
		t.Error(err)
	}
}

// TestMain: messages are compared in English, whatever the system speaks.
func TestMain(m *testing.M) {
	os.Setenv("LC_ALL", "C")
	os.Exit(m.Run())
}

// TestZoneForms: a zone's own declarations add to the built-in ones and replace them.
func TestZoneForms(t *testing.T) {
	problem, err := os.ReadFile("problem.yaml")
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(problem), "title: 问题台账", "title: 群众问题台账", 1)
	set, err := Load(fstest.MapFS{"stock.yaml": {Data: []byte(small)}, "problem.yaml": {Data: []byte(changed)}})
	if err != nil {
		t.Fatal(err)
	}
	if set.Get("problem").Title != "群众问题台账" || set.Get("stock") == nil || set.Forms[len(set.Forms)-1].ID != "stock" || len(set.Forms) != len(order)+1 {
		t.Errorf("%d forms, %s", len(set.Forms), set.Get("problem").Title)
	}
	if _, err := Load(fstest.MapFS{"other.yaml": {Data: []byte(small)}}); err == nil || !strings.Contains(err.Error(), `named "forms/other.yaml"`) && !strings.Contains(err.Error(), `declares the form "stock"`) {
		t.Errorf("a file under another name: %v", err)
	}
	texts := map[string]string{}
	for _, f := range set.Forms {
		texts[f.ID] = string(f.Source)
	}
	again, err := FromTexts(texts)
	if err != nil || len(again.Forms) != len(set.Forms) {
		t.Errorf("from archived texts: %v", err)
	}
}

func TestDictionary(t *testing.T) {
	set, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	text := set.Dictionary()
	for _, f := range set.Forms {
		if !strings.Contains(text, "## "+f.Title+" `"+f.ID+"`") {
			t.Errorf("%s is not in the dictionary", f.ID)
		}
		for _, c := range f.Columns {
			if !strings.Contains(text, "| "+c.Title+" | `"+c.Field+"` |") {
				t.Errorf("%s.%s is not in the dictionary", f.ID, c.Field)
			}
			if typeWords[c.Type] == "" {
				t.Errorf("type %s has no word", c.Type)
			}
		}
	}
}

// TestRuleKindsAreDocumented: who declares a form finds every kind of rule in docs/own-models.md.
func TestRuleKindsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/own-models.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range ruleKinds {
		if !strings.Contains(string(text), "| `"+kind+"` |") {
			t.Errorf("docs/own-models.md says nothing of the kind %s", kind)
		}
	}
}
