package settings

import (
	"strings"
	"testing"
)

// TestUnitsIn: lists as offices have them give their units, and nothing of a person.
func TestUnitsIn(t *testing.T) {
	for _, c := range []struct{ name, text, units, left string }{
		{"typed", "产业局\n党政办、党政办公室\n双马\n", "产业局|党政办=党政办公室|双马", ""},
		{"numbered", "1. 双马街道、双马街道办\n2、产业局\t产业发展局\n（3）建设局\n⑥ 财政局\n一、政法办\n(十二)团工委\n5 统战部\n- 纪工委", "双马街道=双马街道办|产业局=产业发展局|建设局|财政局|政法办|团工委|统战部|纪工委", ""},
		{"names that begin with figures", "12345热线办\n3.12345热线办公室\n一中\n110指挥中心\n4\t119大队", "12345热线办|12345热线办公室|一中|110指挥中心|119大队", ""},
		{"counted off", "1产业局\n2党政办\n312345热线办", "产业局|党政办|12345热线办", ""},
		{"a table with headings", "高新区填报单位名单\n序号\t单位名称\t简称\t联系人\t电话\n1\t东湖街道办事处\t东湖街道\t张三\t13812345678\n2\t产业局\t\t李四\t0731-5858 1234\n", "东湖街道办事处=东湖街道|产业局", "高新区填报单位名单|序号 单位名称 简称 联系人 电话|张三|13812345678|李四|0731-5858 1234"},
		{"a table without", "4\t东湖街道\t张三\t13812345678\n5\t产业局\t产业发展局\t李四\n", "东湖街道|产业局=产业发展局", "张三|13812345678|李四"},
		{"a heading alone", "单位名称\n产业局", "产业局", "单位名称"},
		{"blanks for tabs", "1  产业局  张三  13812345678\n2 党政办 李四 58581234\n建设局、王五、13900001111", "产业局|党政办|建设局", "张三|13812345678|李四|58581234|王五|13900001111"},
		{"mail", "产业局\tcyj@example.cn", "产业局", "cyj@example.cn"},
		{"one line", "产业局、财政局、税务局、双马街道", "产业局|财政局|税务局|双马街道", ""},
		{"one line with blanks", "产业局 财政局 税务局", "产业局|财政局|税务局", ""},
		{"one unit with another name", "产业局、产业发展局", "产业局=产业发展局", ""},
		{"labelled lists", "各部门：产业局、财政局\n街道（3个）: 双马街道 板塘街道。", "产业局|财政局|双马街道|板塘街道", "各部门|街道（3个）"},
		{"groups", "一、党群口\n产业局\n二、街道\n双马街道\n合计：2个", "产业局|双马街道", "一、党群口|二、街道|合计：2个"},
		{"groups with numbers", "一、部门\n1.产业局\n2.财政局\n二、街道（镇）\n1.双马街道", "产业局|财政局|双马街道", "一、部门|二、街道（镇）"},
		{"a number in brackets", "产业局（13812345678）\n财政局（联系人李四 0731-58581234）\n双马街道（筹）", "产业局|财政局|双马街道（筹）", "13812345678|联系人李四 0731-58581234"},
		{"what nobody sees", "\ufeff产业局\u200b\n财 政 局\n税　务　局\n", "产业局|财政局|税务局", ""},
		{"nothing", " \n\t\n", "", ""},
	} {
		p := UnitsIn(c.text)
		var units []string
		for _, u := range p.Units {
			units = append(units, strings.Join(append([]string{u.Name}, u.Aliases...), "="))
		}
		if got := strings.Join(units, "|"); got != c.units {
			t.Errorf("%s: the units are %s, not %s", c.name, got, c.units)
		}
		if got := strings.Join(p.Left, "|"); got != c.left {
			t.Errorf("%s: left out is %s, not %s", c.name, got, c.left)
		}
	}
}
