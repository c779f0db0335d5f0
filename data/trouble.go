package data

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// withTroubles bends the ordinary run of returns: corrections, a duplicate, late
// and missing ones, rejections. None moves a figure at 15 August 2022.
func (t *truth) withTroubles(books []*book) []*book {
	find := func(submitter, form, period string) *book {
		for _, b := range books {
			for _, p := range b.parts {
				if b.submitter == submitter && p.form == form && p.period.name == period {
					return b
				}
			}
		}
		panic(fmt.Sprintf("data: no book of %s for %s %s", submitter, form, period))
	}
	add := func(b *book) { books = append(books, b) }
	drop := func(submitter, form, period string) {
		b := find(submitter, form, period)
		books = slices.DeleteFunc(books, func(x *book) bool { return x == b })
	}

	// missing: two returns that nobody ever sent
	drop("宝塔街道", "problem", "2022-W13")
	drop("创业中心", "financing", "2022-05")

	// late
	b := find("双马街道", "problem", "2022-W27")
	b.move(civil(2022, 7, 13).at(10, 42))
	b.note = "迟报：应于2022年7月11日12:00前报送"
	b = find("党政办", "activity", "2022-W32")
	b.move(civil(2022, 8, 12).at(18, 5))
	b.note = "迟报：应于2022年8月12日17:00前报送"
	b = find("总工会", "job_fair", "2022-05")
	b.move(civil(2022, 6, 13).at(9, 31))
	b.note = "迟报：应于2022年6月8日前报送"

	// correction of a ledger: what was closed that week wasn't entered
	b = find("宝塔街道", "problem", "2022-W29")
	fix := b.again(civil(2022, 7, 25).at(15, 10), "（更正）", "更正重报：补登本周办结的问题")
	p := b.parts[0]
	p.rows = t.withoutNews(p)
	b.note = "首报有误：本周的办结未登记，后有更正"
	add(fix)

	// correction of a money form: the sheet says 元 over amounts in 万元
	b = find("财政局", "incentive", "2022-05")
	fix = b.again(b.at.Add(26*time.Hour+13*time.Minute), "更正", "更正重报：金额单位应为万元")
	for i, r := range b.parts[0].rows {
		r = r.clone()
		for _, k := range []string{"申报金额", "兑付金额"} {
			if f, ok := r[k].(fen); ok {
				r[k] = f / 10000
			}
		}
		b.parts[0].rows[i] = r
	}
	b.relayout = func(l layout) layout {
		l.meta = [][]string{{"填报单位：财政局", "{Y}年{M}月", "单位：元"}}
		l.cols = slices.Clone(l.cols)
		for i, c := range l.cols {
			if c.as == "wan" {
				l.cols[i].as = "yuan"
			}
		}
		return l
	}
	b.warn("首报有误：金额按万元填写而单位标为元，与以往相差很大，后有更正")
	add(fix)

	// duplicate: the same file dropped once more
	b = find("板塘街道", "problem", "2022-W24")
	d := *b
	d.at, d.copyOf, d.expect, d.note = b.at.Add(2*time.Hour+5*time.Minute), b, duplicate, "重复报送：与前一份完全相同"
	d.path = strings.Replace(b.path, ".xlsx", " - 副本.xlsx", 1)
	d.parts = nil
	add(&d)

	// rejected: 合计 doesn't agree with its rows
	b = find("税务局", "tax_refund", "2022-04")
	fix = b.again(b.at.Add(23*time.Hour), "（重报）", "")
	fix.warn("退回后重报：合计已改正；四月起退税面扩大，金额与以往相差很大")
	b.reject("退回：合计与明细之和不符（漏加一笔）")
	b.wrongSum = -b.parts[0].rows[3].money("退税金额")
	add(fix)

	// rejected: only the week's news instead of the whole ledger
	b = find("社会事务局", "problem", "2022-W18")
	fix = b.again(b.at.Add(4*time.Hour+20*time.Minute), "全量", "退回后重报：全量台账")
	p = b.parts[0]
	p.rows = p.rows[len(p.rows)-3:]
	b.reject("退回：疑似只报了本周新增，缺上期大部分问题")
	add(fix)

	// partially accepted: required cells left empty; the next ledger has them
	b = find("政务服务中心", "problem", "2022-W21")
	p = b.parts[0]
	n := len(p.rows)
	for _, i := range []int{n - 4, n - 2} {
		r := p.rows[i].clone()
		delete(r, "牵头单位")
		p.rows[i] = r
		p.refused = append(p.refused, i)
	}
	p.outcome, b.expect = partially, partially
	b.note = "部分计入：两行未填牵头单位（必填）"

	// accepted with warnings: no money unit; a firm misspelt; 截至 after arrival
	b = find("残联", "assistance", "2022-03")
	b.warn("金额未注明单位")
	b.relayout = func(l layout) layout {
		l.meta = [][]string{{"填报单位：残联", "{Y}年{M}月"}}
		return l
	}
	b = find("产业局", "problem", "2022-W12")
	b.warn("一家企业名称与企业名录不一致（错一字）")
	for i, r := range b.parts[0].rows {
		if name := r.text("涉及企业或单位"); strings.HasSuffix(name, "有限公司") {
			r = r.clone()
			r["涉及企业或单位"] = strings.TrimSuffix(name, "有限公司") + "有限公可"
			b.parts[0].rows[i] = r
			break
		}
	}
	b = find("板塘街道", "problem", "2022-W21")
	b.move(civil(2022, 5, 27).at(16, 8)) // still says 截至 Sunday
	b.parts[0].rows = t.rows("problem", "板塘街道", b.parts[0].period, b.parts[0].received)
	b.warn("截至日期晚于收到日期")

	// nil returns: ordinary ones come from the truth (no rows); these are worth a name
	for _, b := range books {
		nilParts := 0
		for _, p := range b.parts {
			if len(p.rows) == 0 {
				nilParts++
			}
		}
		if nilParts > 0 && b.note == "" {
			b.note = "零报告"
			if nilParts < len(b.parts) {
				b.note = "其中一表零报告"
			}
		}
	}
	return books
}

// withoutNews are a ledger's rows as they would be had nobody entered the week's changes.
func (t *truth) withoutNews(p *part) []row {
	old := map[string]row{}
	for _, r := range t.rows(p.form, p.submitter, p.period, p.until-7) {
		old[r.text("问题编号")] = r
	}
	var out []row
	for _, r := range p.rows {
		if was := old[r.text("问题编号")]; was != nil {
			r = was
		}
		out = append(out, r)
	}
	return out
}

// move changes the moment of arrival.
func (b *book) move(at time.Time) {
	b.at = at
	for _, p := range b.parts {
		p.received = dateOf(at)
	}
}

func (b *book) warn(note string) {
	b.expect, b.note = warned, "请核实："+note
	b.parts[0].outcome = warned
}

func (b *book) reject(note string) {
	b.expect, b.note = rejected, note
	for _, p := range b.parts {
		p.outcome = rejected
	}
}

// again is a second book for the same forms and period, with the rows b has now.
func (b *book) again(at time.Time, suffix, note string) *book {
	c := *b
	c.note = note
	dot := strings.LastIndex(b.path, ".")
	c.path = b.path[:dot] + suffix + b.path[dot:]
	c.parts = nil
	for _, p := range b.parts {
		q := *p
		q.rows = slices.Clone(p.rows)
		c.parts = append(c.parts, &q)
	}
	c.move(at)
	return &c
}
