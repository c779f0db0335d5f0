package web

import (
	"unicode"
	"unicode/utf8"
)

// aboutTable is what a table holds, for people. Models say it in English, for engineers, unless a zone wrote them in Chinese.
func aboutTable(id, comment string) string {
	if r, _ := utf8.DecodeRuneInString(comment); unicode.Is(unicode.Han, r) {
		return comment
	}
	if says := modelsInChinese[id]; says != "" {
		return says
	}
	return comment
}

// modelsInChinese are the program's own models; TestTablesInChinese finds one that is missing.
var modelsInChinese = map[string]string{
	"core.conflict_firm":                "企业信息打架：一企两码、一码两名，一行一处",
	"core.conflict_item":                "两个单位的事项打架：编号相同、描述相近，一行一处",
	"core.conflict_payment":             "同一企业两笔兑付文号重复，一行一对",
	"core.conflict_roster":              "花名册与发放表人数不符，一行一个项目和街道",
	"core.counted_return":               "计入统计的报表：台账取各单位截至日期最新的一份，其余报表取没有被更正的各份",
	"core.decision":                     "管理员的决定，以及是否仍然有效",
	"core.dim_submitter":                "填报单位：名称、类别、机构序列",
	"core.fct_activity":                 "走访与会议记录中计入统计的走访、会议、活动，一行一次",
	"core.fct_assistance":               "帮扶救助发放表中计入统计的行，一行一个项目、街道和月份",
	"core.fct_beneficiary":              "帮扶对象花名册中计入统计的人员，个人信息已遮盖",
	"core.fct_contact":                  "联系表中计入统计的联系人和对象，一行一对",
	"core.fct_enterprise":               "企业名录中计入统计的企业",
	"core.fct_enterprise_request":       "企业反馈问题交办清单中计入统计的问题",
	"core.fct_financing":                "融资对接台账中计入统计的行，一行一家企业和金融机构",
	"core.fct_incentive":                "惠企资金兑付台账中计入统计的兑付，一行一笔",
	"core.fct_item":                     "五本台账中计入统计的事项：谁办、何时办结、是否超期",
	"core.fct_job_fair":                 "招聘活动台账中计入统计的招聘会，一行一场",
	"core.fct_key_task":                 "“六个一批”重点任务中计入统计的任务",
	"core.fct_land_payment":             "土地款缴返台账中计入统计的各期缴款，以及缴款到返还的工作日数",
	"core.fct_livelihood":               "重点民生实事中计入统计的项目",
	"core.fct_obligation":               "应报报表：谁应报哪一期，是否到期、已报、按时、免报",
	"core.fct_pension_deferral":         "缓缴养老保险台账中计入统计的缓缴，一行一笔",
	"core.fct_problem":                  "问题台账中计入统计的问题",
	"core.fct_special_item":             "专项问题清单中计入统计的问题",
	"core.fct_tax_refund":               "留抵退税台账中计入统计的退税，一行一笔，纳税人已遮盖",
	"core.known_return":                 "收到的报表：是否通过、被更正、计入，台账是第几新的一份",
	"core.ledger_item":                  "五本台账各期的事项，包括本年较早各期（ledger_no 大于 1）",
	"core.received_return":              "收到的报表：作过什么决定，是否通过、是否有效",
	"core.stalled_problem":              "最近三期台账办理情况没有变化的未办结问题（久拖无进展）",
	"mart.assistance_by_programme":      "帮扶救助：各项目、街道、月份的户数、人数、金额",
	"mart.closure_by_list":              "问题台账：各责任清单的收集、办结、超期",
	"mart.closure_by_street":            "问题台账：各街道的收集、办结、超期，空为未填",
	"mart.closure_by_unit":              "各牵头单位的收集、办结、超期、久拖，以及报送是否及时",
	"mart.conflict":                     "数据打架：各表之间互相矛盾的地方，两边各怎么说",
	"mart.contact_coverage":             "联系覆盖：各类联系、各项目的联系对数、负责人数、对象数",
	"mart.due_soon":                     "临期清单：七天内到期的未办结事项",
	"mart.financing":                    "融资对接：各企业和金融机构的授信、放款，金额大的在前",
	"mart.incentive_by_programme_month": "惠企资金：各项目、各月兑付的金额、笔数、企业数，以及占申请的比例",
	"mart.job_fair_by_series":           "招聘活动：各系列的场数，岗位、求职、意向、入职合计",
	"mart.job_fair_funnel":              "招聘活动：各场的岗位、求职、意向、入职",
	"mart.key_task_by_batch":            "重点任务：各批次的任务数、完成数、超期数、平均进度",
	"mart.land_refund":                  "土地款返还：各期应何时返还，是否按时",
	"mart.livelihood_progress":          "民生实事：各项目的进度、投资与序时进度",
	"mart.moved_deadline":               "过期后改期或转为长期推进的事项",
	"mart.overdue":                      "超期清单：谁的事项超期，超期多久",
	"mart.pension_deferral_by_month":    "缓缴养老保险：各起缓月份的企业数、人数、金额",
	"mart.problem_by_week":              "问题台账：本年各周收集、办结的问题，及累计",
	"mart.request_by_batch":             "企业反馈问题：各批次、各类型的件数、已解决、超期",
	"mart.return_state":                 "报送情况：各单位、各报表的应报、实报、迟报、缺报、退回，连续未报或迟报的期数",
	"mart.special_item_by_list":         "专项问题：各清单的件数、办结、超期",
	"mart.stalled":                      "久拖无进展：连续三期办理情况没有变化的未办结问题",
	"mart.tax_refund_by_month":          "留抵退税：各月笔数和金额",
}
