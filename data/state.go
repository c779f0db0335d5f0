package data

// source says how the rows of one form follow from the truth.
type source struct {
	table  string
	period bool                        // rows belong to the period they are dated in
	own    string                      // period forms: the column with the row's own date or month
	row    func(r record, d date) row  // the row as a clerk knows it at the end of day d; nil: not yet there
	born   func(r record, d date) bool // ledger forms: is it in the ledger on day d?
	key    []string                    // business key, for the tests
}

var sources = map[string]*source{
	"problem": {table: "problems", key: []string{"问题编号"}, row: problemAt,
		born: func(r record, d date) bool { return r.by("交办日期", d) }},
	"enterprise_request": {table: "requests", key: []string{"交办批次", "编号"}, row: requestAt,
		born: func(r record, d date) bool { return r.by("交办日期", d) }},
	"special_item": {table: "special_items", key: []string{"清单名称", "编号"}, row: specialAt,
		born: func(r record, d date) bool { return r.by("交办日期", d) }},
	"contact": {table: "contacts", key: []string{"联系方式", "专项行动", "联系人", "联系对象"}, row: contactAt,
		born: func(r record, d date) bool { return r.by("起始日期", d) }},
	"key_task": {table: "key_tasks", key: []string{"任务编号"}, row: keyTaskAt,
		born: func(record, date) bool { return true }},
	"livelihood": {table: "livelihood", key: []string{"项目编号"}, row: livelihoodAt,
		born: func(record, date) bool { return true }},
	"beneficiary": {table: "beneficiaries", key: []string{"身份证号", "帮扶项目"}, row: beneficiaryAt,
		born: func(r record, d date) bool { return r["入册月份"] <= d.format("2006-01") }},
	"financing": {table: "financing", key: []string{"企业名称", "金融机构"}, row: financingAt,
		born: func(r record, d date) bool { return r.by("对接日期", d) }},
	"land_payment": {table: "land", key: []string{"企业名称", "期次"}, row: landAt,
		born: func(record, date) bool { return true }},
	"enterprise": {table: "enterprises", key: []string{"统一社会信用代码"}, row: enterpriseAt,
		born: func(r record, d date) bool { return r["入录月份"] <= d.format("2006-01") }},
	"activity":         {table: "activities", period: true, own: "日期", key: []string{"日期", "类型", "主题"}, row: activityAt},
	"assistance":       {table: "assistance", period: true, own: "月份", key: []string{"帮扶项目", "所属街道", "月份"}, row: assistanceAt},
	"incentive":        {table: "incentives", period: true, own: "兑付日期", key: []string{"企业名称", "政策项目", "文号", "兑付日期"}, row: incentiveAt},
	"tax_refund":       {table: "tax_refunds", period: true, own: "退税日期", key: []string{"纳税人识别号", "退税日期", "退税金额"}, row: taxRefundAt},
	"pension_deferral": {table: "pensions", period: true, own: "起始月份", key: []string{"企业名称", "起始月份"}, row: pensionAt},
	"job_fair":         {table: "job_fairs", period: true, own: "日期", key: []string{"日期", "活动名称"}, row: jobFairAt},
}

// rows are what a submitter reports for one form: its ledger at the end of day
// until, or the facts dated in the period and not after until.
func (t *truth) rows(form, submitter string, p period, until date) []row {
	s := sources[form]
	var out []row
	for _, r := range t.tables[s.table] {
		// the directory and the six 一批 have one owner and no owner column of their own
		if who, ok := r["填报单位"]; ok && who != submitter {
			continue
		}
		if s.period {
			x := s.row(r, until)
			if own := ownDate(x, s.own); own >= p.start && own <= min(p.end, until) {
				out = append(out, x)
			}
		} else if s.born(r, until) {
			out = append(out, s.row(r, until))
		}
	}
	return out
}

// ownDate is the date a period row counts under; a month counts as its first day.
func ownDate(r row, col string) date {
	if m, ok := r[col].(ym); ok {
		return date(m)
	}
	return r.day(col)
}

// copyText carries text columns over as they are.
func copyText(r record, cols ...string) row {
	out := make(row, len(cols)+6)
	for _, c := range cols {
		out.set(c, r[c])
	}
	return out
}

func problemAt(r record, d date) row {
	out := copyText(r, "问题编号", "问题来源", "责任清单", "问题描述", "涉及企业或单位", "所属街道", "牵头单位", "责任人")
	out["交办日期"] = r.day("交办日期")
	if r["办结时限"] == "长期" {
		out["办结时限"] = "长期"
	} else {
		out["办结时限"] = r.day("办结时限")
		if s := r["时限变更"]; s != "" && mustDate(s[:10]) <= d {
			out["办结时限"] = mustDate(s[11:])
		}
	}
	switch {
	case r.by("办结日期", d):
		out["办理状态"] = "已办结"
		out["办结日期"] = r.day("办结日期")
		out.set("满意度", r["满意度"])
		if r.by("销号日期", d) {
			out["销号日期"] = r.day("销号日期")
			out.set("复核人", r["复核人"])
		}
	case r["办结时限"] == "长期" || r.by("转长期日期", d):
		out["办理状态"], out["办结时限"] = "长期推进", "长期"
	case r.by("启动日期", d):
		out["办理状态"] = "办理中"
	default:
		out["办理状态"] = "未启动"
	}
	if note := r.step("办理情况", d); note != nil {
		text := note[0]
		if len(note) > 1 {
			text += ":" + note[1]
		}
		out.set("办理情况", text)
	}
	return out
}

func requestAt(r record, d date) row {
	out := copyText(r, "编号", "企业名称", "统一社会信用代码", "问题类型", "问题描述", "承办单位")
	out["交办批次"] = parseInt(r["交办批次"])
	out["交办日期"], out["办结时限"] = r.day("交办日期"), r.day("办结时限")
	switch {
	case r.by("解决日期", d):
		out["办理状态"], out["解决日期"] = "已解决", r.day("解决日期")
	case r.by("转长期日期", d):
		out["办理状态"] = "长期执行"
	case !r.by("启动日期", d) && r.day("办结时限") >= d:
		out["办理状态"] = "未到期"
	default:
		out["办理状态"] = "办理中"
	}
	return out
}

func specialAt(r record, d date) row {
	out := copyText(r, "清单名称", "编号", "问题描述", "责任单位")
	out["交办日期"], out["办结时限"] = r.day("交办日期"), r.day("办结时限")
	switch {
	case r.by("办结日期", d):
		out["办理状态"], out["办结日期"] = "已办结", r.day("办结日期")
	case r.by("转长期日期", d):
		out["办理状态"] = "长期推进"
	case r.by("启动日期", d):
		out["办理状态"] = "办理中"
	default:
		out["办理状态"] = "未启动"
	}
	return out
}

func contactAt(r record, _ date) row {
	out := copyText(r, "联系方式", "专项行动", "联系人", "职务", "联系对象", "统一社会信用代码", "所属街道")
	out["起始日期"] = r.day("起始日期")
	return out
}

func keyTaskAt(r record, d date) row {
	out := copyText(r, "批次", "任务编号", "任务名称", "牵头单位")
	out["完成时限"] = r.day("完成时限")
	p := 0
	if s := r.step("进度变化", d); s != nil {
		p = parseInt(s[0]).(int)
	}
	out["进度"], out["状态"] = percent(p), "推进中"
	switch p {
	case 0:
		out["状态"] = "未启动"
	case 100:
		out["状态"] = "已完成"
	}
	return out
}

func livelihoodAt(r record, d date) row {
	out := copyText(r, "项目编号", "项目名称", "牵头单位", "所属街道")
	out["计划投资"], out["计划完成日期"] = parseFen(r["计划投资"]), r.day("计划完成日期")
	p := 0
	out["完成投资"] = fen(0)
	if s := r.step("进展", d); s != nil {
		p = parseInt(s[0]).(int)
		out["完成投资"] = parseFen(s[1])
	}
	out["进度"], out["状态"] = percent(p), "推进中"
	if p == 0 {
		out["状态"] = "未开工"
	}
	if r.by("完成日期", d) {
		out["状态"], out["完成日期"] = "已完成", r.day("完成日期")
	}
	return out
}

func beneficiaryAt(r record, _ date) row {
	return copyText(r, "姓名", "身份证号", "联系电话", "户编号", "帮扶项目", "所属街道", "村（社区）")
}

func financingAt(r record, d date) row {
	out := copyText(r, "企业名称", "金融机构")
	out["需求金额"], out["状态"] = parseFen(r["需求金额"]), "对接中"
	if r.by("未达成日期", d) {
		out["状态"] = "未达成"
	}
	if r.by("授信日期", d) {
		out["状态"], out["授信金额"], out["授信日期"] = "已授信", parseFen(r["授信金额"]), r.day("授信日期")
	}
	if r.by("放款日期", d) {
		out["状态"], out["放款金额"] = "已放款", parseFen(r["放款金额"])
	}
	return out
}

func landAt(r record, d date) row {
	out := copyText(r, "企业名称")
	out["期次"], out["应缴金额"] = parseInt(r["期次"]), parseFen(r["应缴金额"])
	if r.by("缴款日期", d) {
		out["实缴金额"], out["缴款日期"] = parseFen(r["实缴金额"]), r.day("缴款日期")
	}
	if r.by("返还日期", d) {
		out["返还金额"], out["返还日期"] = parseFen(r["返还金额"]), r.day("返还日期")
	}
	return out
}

func enterpriseAt(r record, _ date) row {
	return copyText(r, "企业名称", "统一社会信用代码", "企业类型", "培育层级", "所属行业", "所属街道")
}

func activityAt(r record, _ date) row {
	out := copyText(r, "类型", "参加领导", "对象", "主题", "议定事项")
	out["日期"] = r.day("日期")
	return out
}

func assistanceAt(r record, _ date) row {
	out := copyText(r, "帮扶项目", "所属街道")
	out.set("户数", parseInt(r["户数"]))
	out.set("人数", parseInt(r["人数"]))
	out.set("金额", parseFen(r["金额"]))
	out["月份"] = parseMonth(r["月份"])
	return out
}

func incentiveAt(r record, _ date) row {
	out := copyText(r, "企业名称", "统一社会信用代码", "政策项目", "文号")
	out.set("申报金额", parseFen(r["申报金额"]))
	out["兑付金额"], out["兑付日期"] = parseFen(r["兑付金额"]), r.day("兑付日期")
	return out
}

func taxRefundAt(r record, _ date) row {
	out := copyText(r, "企业名称", "纳税人识别号", "所属行业")
	out["退税金额"], out["退税日期"] = parseFen(r["退税金额"]), r.day("退税日期")
	return out
}

func pensionAt(r record, _ date) row {
	out := copyText(r, "企业名称", "统一社会信用代码")
	out["涉及人数"], out["缓缴金额"] = parseInt(r["涉及人数"]), parseFen(r["缓缴金额"])
	out["起始月份"], out["结束月份"] = parseMonth(r["起始月份"]), parseMonth(r["结束月份"])
	return out
}

func jobFairAt(r record, _ date) row {
	out := copyText(r, "活动名称", "活动系列", "地点", "主办单位")
	out["日期"] = r.day("日期")
	for _, c := range []string{"参会企业数", "提供岗位数", "求职人次", "达成意向数", "实际入职数"} {
		out.set(c, parseInt(r[c]))
	}
	return out
}
