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
		{"在库: [有]", "在库: {有: 1}", "a list of variants is expected"},
		{"field: state, values: [在库]}}", "field: nothing, values: [在库]}}", `open_ended: no such field "nothing"`},
		{"open_ended: {words", "open_ended: {wrods", `unknown key "wrods"`},
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
	for text, want := range map[string]string{"": "stock.yaml:1:1: the file is empty", "- a\n": "expected a mapping", "a: [": "stock.yaml"} {
		if _, err := Parse("stock.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
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
