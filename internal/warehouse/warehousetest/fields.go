// Package warehousetest makes small warehouses for tests: the raw tables come
// from the field list of docs/tables.md, so no test needs the forms or intake.
package warehousetest

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"taizhang/internal/warehouse"
)

// Field of a form as docs/tables.md lists it.
type Field struct {
	Name, Type string
	Required   bool
	Names      bool // of enterprises or persons: a folded one beside it
}

// Sensitive fields are stored as a mask and a keyed hash.
func (f Field) Sensitive() bool {
	switch f.Type {
	case "person", "id", "phone", "firm", "taxno":
		return true
	}
	return false
}

// SQLType of the field in raw.<form>.
func (f Field) SQLType() string {
	switch f.Type {
	case "date", "month":
		return "DATE"
	case "int":
		return "BIGINT"
	case "money":
		return "DECIMAL(18,2)"
	case "percent":
		return "DECIMAL(9,6)"
	}
	return "VARCHAR"
}

// Form of docs/tables.md.
type Form struct {
	ID, Title, Mode, Frequency string
	Fields                     []Field
}

var about = map[string][3]string{
	"problem": {"问题台账", "ledger", "week"}, "enterprise_request": {"企业反馈问题交办清单", "ledger", "week"},
	"special_item": {"专项问题清单", "ledger", "week"}, "contact": {"联系表", "ledger", "month"},
	"key_task": {"“六个一批”重点任务", "ledger", "week"}, "livelihood": {"重点民生实事", "ledger", "month"},
	"activity": {"走访与会议记录", "period", "week"}, "assistance": {"帮扶救助发放表", "period", "month"},
	"beneficiary": {"帮扶对象花名册", "ledger", "month"}, "incentive": {"惠企资金兑付台账", "period", "month"},
	"tax_refund": {"留抵退税台账", "period", "month"}, "pension_deferral": {"缓缴养老保险台账", "period", "month"},
	"job_fair": {"招聘活动台账", "period", "month"}, "financing": {"融资对接台账", "ledger", "month"},
	"land_payment": {"土地款缴返台账", "ledger", "month"}, "enterprise": {"企业名录", "ledger", "month"},
}

// Forms reads the field list of docs/tables.md.
func Forms(t testing.TB) []Form {
	t.Helper()
	var forms []Form
	for _, line := range listed(t, "## Fields of the forms") {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if line[0] != ' ' {
			a := about[words[0]]
			forms = append(forms, Form{ID: words[0], Title: a[0], Mode: a[1], Frequency: a[2]})
			words = words[1:]
		}
		f := &forms[len(forms)-1]
		for _, w := range words {
			name, kind, _ := strings.Cut(w, ":")
			f.Fields = append(f.Fields, Field{strings.TrimSuffix(name, "*"), strings.TrimSuffix(kind, "~"), strings.HasSuffix(name, "*"), strings.HasSuffix(kind, "~")})
		}
	}
	return forms
}

// Meanings are the rows of ctl.form_value for the values that mean something, as docs/tables.md lists them.
func Meanings(t testing.TB) (rows [][]any) {
	t.Helper()
	for _, line := range listed(t, "## What listed values mean") {
		words := strings.Fields(line)
		form, field, _ := strings.Cut(words[0], ".")
		for _, w := range words[1:] {
			means, values, _ := strings.Cut(w, "=")
			for _, v := range strings.Split(values, ",") {
				rows = append(rows, []any{form, field, strconv.Itoa(len(rows) + 1), v, means, v})
			}
		}
	}
	return rows
}

// listed gives the lines that docs/tables.md lists below a heading.
func listed(t testing.TB, heading string) []string {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	text, err := os.ReadFile(filepath.Join(filepath.Dir(here), "../../../docs/tables.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), heading)
	parts := strings.SplitN(rest, "```", 3)
	if !found || len(parts) < 3 {
		t.Fatalf("docs/tables.md: no list below %s", heading)
	}
	return strings.Split(strings.Trim(parts[1], "\n"), "\n")
}

// RawTable is the table raw.<form>.
func (f Form) RawTable() warehouse.Table {
	t := warehouse.Table{Name: "raw." + f.ID, Columns: []warehouse.Column{
		{Name: "zone", SQLType: "VARCHAR"}, {Name: "return_id", SQLType: "VARCHAR"}, {Name: "sheet", SQLType: "VARCHAR"},
		{Name: "row_no", SQLType: "INTEGER"}, {Name: "key_text", SQLType: "VARCHAR"}}}
	for _, c := range f.Fields {
		t.Columns = append(t.Columns, warehouse.Column{Name: c.Name, SQLType: c.SQLType()})
		if c.Names {
			t.Columns = append(t.Columns, warehouse.Column{Name: c.Name + "_folded", SQLType: "VARCHAR"})
		}
		if c.Sensitive() {
			t.Columns = append(t.Columns, warehouse.Column{Name: c.Name + "_hash", SQLType: "VARCHAR"})
		}
	}
	return t
}
