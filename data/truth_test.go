package data

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// check character of GB 32100-2015, written out here once more on its own.
func usccCheck(body string) byte {
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	sum, weight := 0, 1
	for i := range 17 {
		sum += strings.IndexByte(alphabet, body[i]) * weight
		weight = weight * 3 % 31
	}
	return alphabet[(31-sum%31)%31]
}

// check character of the nine-character organisation part (GB 11714-1997).
func orgCheck(body string) byte {
	sum := 0
	for i, w := range []int{3, 7, 9, 10, 5, 8, 4, 2} {
		v := int(body[i] - '0')
		if body[i] >= 'A' {
			v = int(body[i]-'A') + 10
		}
		sum += v * w
	}
	switch c := 11 - sum%11; c {
	case 10:
		return 'X'
	case 11:
		return '0'
	default:
		return byte('0' + c)
	}
}

func idCheck(body string) byte {
	sum, weight := 0, 1
	for i := 16; i >= 0; i-- {
		weight = weight * 2 % 11
		sum += int(body[i]-'0') * weight
	}
	return "10X98765432"[sum%11]
}

func TestIdentitiesAreSyntheticAndValid(t *testing.T) {
	seen := map[string]bool{}
	for name, recs := range mustTruth(t).tables {
		for i, r := range recs {
			for _, col := range []string{"统一社会信用代码", "纳税人识别号"} {
				code := r[col]
				if code == "" {
					continue
				}
				if len(code) != 18 || !strings.HasPrefix(code, "91990304") || usccCheck(code) != code[17] || orgCheck(code[8:]) != code[16] {
					t.Errorf("%s line %d: bad code %s", name, i+2, code)
				}
				if name == "enterprises" {
					if seen[code] {
						t.Errorf("%s stands twice in the directory", code)
					}
					seen[code] = true
				}
			}
			if id := r["身份证号"]; id != "" {
				_, err := time.Parse("20060102", id[6:14])
				if len(id) != 18 || !strings.HasPrefix(id, "990304") || idCheck(id) != id[17] || err != nil {
					t.Errorf("%s line %d: bad identity number %s", name, i+2, id)
				}
			}
			if p := r["联系电话"]; p != "" && (len(p) != 11 || !strings.HasPrefix(p, "154")) {
				t.Errorf("%s line %d: bad phone %s", name, i+2, p)
			}
		}
	}
}

// Every enterprise named anywhere is in the directory, under the same code, and
// the directory of the first return already has it unless the table says from when.
func TestEnterprisesAreInTheDirectory(t *testing.T) {
	tr := mustTruth(t)
	code, since := map[string]string{}, map[string]string{}
	for _, r := range tr.tables["enterprises"] {
		if code[r["企业名称"]] != "" {
			t.Errorf("%s stands twice", r["企业名称"])
		}
		code[r["企业名称"]], since[r["企业名称"]] = r["统一社会信用代码"], r["入录月份"]
	}
	check := func(table, name, number, month string) {
		if c, ok := code[name]; !ok || number != "" && number != c {
			t.Errorf("%s: %s %s isn't in the directory so", table, name, number)
		}
		if since[name] > month {
			t.Errorf("%s: %s is named in %s before the directory has it", table, name, month)
		}
	}
	for table, recs := range tr.tables {
		for _, r := range recs {
			switch {
			case table == "enterprises" || table == "submitters" || table == "calendar":
			case table == "contacts":
				if r["专项行动"] != "" {
					check(table, r["联系对象"], r["统一社会信用代码"], r["起始日期"][:7])
				}
			case r["企业名称"] != "":
				check(table, r["企业名称"], r["统一社会信用代码"]+r["纳税人识别号"], "2021-12")
			case r["涉及企业或单位"] != "":
				check(table, r["涉及企业或单位"], "", "2021-12")
			}
		}
	}
}

// Within the counting rows of all submitters a business key stands once.
func TestKeysAreUnique(t *testing.T) {
	tr := mustTruth(t)
	type where struct{ form, key string }
	owner := map[where]string{}
	for _, b := range tr.books() {
		for _, p := range b.parts {
			inPart := map[string]bool{}
			src := sources[p.form]
			for _, r := range p.rows {
				var key strings.Builder
				for _, k := range src.key {
					fmt.Fprint(&key, r[k], "|")
				}
				if inPart[key.String()] {
					t.Errorf("%s: %s twice", b.path, key.String())
				}
				inPart[key.String()] = true
				who := p.submitter
				if src.period {
					who += p.period.name
				}
				w := where{p.form, key.String()}
				if owner[w] != "" && owner[w] != who {
					t.Errorf("%s: %s belongs to %s too", b.path, key.String(), owner[w])
				}
				owner[w] = who
			}
		}
	}
}

// No row contradicts itself, and no ledger loses a row it had.
func TestRowsAreCoherent(t *testing.T) {
	tr := mustTruth(t)
	done := map[string]string{"problem": "办结日期", "enterprise_request": "解决日期", "special_item": "办结日期", "livelihood": "完成日期"}
	facts := []string{"交办日期", "办结日期", "解决日期", "完成日期", "销号日期", "兑付日期", "退税日期", "缴款日期", "返还日期", "授信日期", "日期", "起始日期"}
	for _, b := range tr.books() {
		for _, p := range b.parts {
			for i, r := range p.rows {
				at := fmt.Sprintf("%s row %d", b.path, i+1)
				for _, f := range facts {
					if r.day(f) > p.cutoff() {
						t.Errorf("%s: %s lies after the cut-off", at, f)
					}
				}
				given := r.day("交办日期")
				if col := done[p.form]; col != "" {
					status := r.text("办理状态") + r.text("状态")
					closed := status == "已办结" || status == "已解决" || status == "已完成"
					if closed != (r.day(col) != 0) || closed && r.day(col) < given {
						t.Errorf("%s: %s with %s %v", at, status, col, r[col])
					}
				}
				if d := r.day("办结时限"); d != 0 && d < given {
					t.Errorf("%s: 办结时限 before 交办日期", at)
				}
				if r.count("达成意向数") > r.count("求职人次") || r.count("实际入职数") > r.count("达成意向数") {
					t.Errorf("%s: the funnel widens", at)
				}
				if r.money("授信金额") > r.money("需求金额") || r.money("放款金额") > r.money("授信金额") || r.money("返还金额") > r.money("实缴金额") {
					t.Errorf("%s: amounts out of order", at)
				}
				if _, ok := r["申报金额"]; ok && r.money("兑付金额") > r.money("申报金额") {
					t.Errorf("%s: paid more than applied for", at)
				}
			}
		}
	}
}

// From one counting ledger to the next no row vanishes and nothing closed is open again.
func TestLedgersOnlyGrow(t *testing.T) {
	type slot struct{ form, submitter string }
	before := map[slot]map[string]bool{} // key → closed
	for _, b := range mustTruth(t).books() {
		for _, p := range b.parts {
			src, s := sources[p.form], slot{p.form, p.submitter}
			if src.period || p.outcome == rejected || len(p.rows) == 0 {
				continue
			}
			now := map[string]bool{}
			for _, r := range p.rows {
				var key strings.Builder
				for _, k := range src.key {
					fmt.Fprint(&key, r[k], "|")
				}
				status := r.text("办理状态") + r.text("状态")
				now[key.String()] = status == "已办结" || status == "已解决" || status == "已完成"
			}
			for key, closed := range before[s] {
				still, ok := now[key]
				if !ok {
					t.Errorf("%s: %s is gone", b.path, key)
				} else if closed && !still {
					t.Errorf("%s: %s is open again", b.path, key)
				}
			}
			before[s] = now
		}
	}
}

// A text without a year must lead back to the date it came from.
func TestShortDatesAreReadable(t *testing.T) {
	for _, r := range mustTruth(t).tables["problems"] {
		if r["填报单位"] == "双马街道" && r["办结时限"] != "长期" && !strings.HasPrefix(r["办结时限"], "2022") {
			t.Errorf("%s: a deadline in another year", r["问题编号"])
		}
	}
}
