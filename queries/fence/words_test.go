package fence

import (
	"errors"
	"strings"
	"testing"
)

// TestFaultsInWords: what is wrong with a query is told in Chinese, with the place where it is wrong; who reads English gets
// the engine's words.
func TestFaultsInWords(t *testing.T) {
	for _, c := range []struct{ engine, says, at, hint string }{
		{"Parser Error: syntax error at or near \"selct\"\n\nLINE 1: selct 1\n        ^", "语法不对，从“selct”起读不下去\n第1行： selct 1\n        ^", "selct", ""},
		{"Parser Error: syntax error at end of input", "语句没有写完", "", ""},
		{"Catalog Error: Table with name 问题台帐 does not exist!\nDid you mean \"问题台账\"?\n\nLINE 1: select * from 问题台帐\n                      ^", "没有表“问题台帐”，是不是“问题台账”", "问题台帐", ""},
		{"Catalog Error: Table with name 问题台账； does not exist!\nDid you mean \"问题台账\"?\n\nLINE 1: select * from 问题台账；\n                      ^", "没有表“问题台账；”", "问题台账；", "“问题台账；”里的全角标点改成半角：问题台账;"},
		{"Binder Error: Referenced column \"已办结\" not found in FROM clause!\nCandidate bindings: \"办结日期\", \"办结时限\"\n\nLINE 1: select * from 问题台账 where 办理状态 = \"已办结\"\n                                                ^", "没有列“已办结”，相近的有：办结日期, 办结时限", `"已办结"`, "文字要用单引号：'已办结'"},
		{"Binder Error: Referenced column \"街道\" not found in FROM clause!\nCandidate bindings: \"行号\"\n\nLINE 12:   and 街道 = '双马'\n               ^", "第12行：   and 街道 = '双马'\n               ^", "街道", ""},
		{"Binder Error: Ambiguous reference to table \"\"reading-dn8\".main.\"问题台账\"\" (duplicate alias \"\"reading-dn8\".main.\"问题台账\"\", explicitly alias one of the tables using \"AS my_alias\")", "表“问题台账”用了两次", "", ""},
		{"Conversion Error: Could not convert string 'a' to INT32\n\nLINE 1: select cast('a' as int)\n               ^", "“a”不能转换成 INT32", "cast", ""},
		{"Invalid Input Error: x", "函数得到的内容不对\n数据库原文：Invalid Input Error: x", "", ""},
	} {
		e := explain(errors.New(c.engine), 1<<30)
		if e.Message.English != c.engine || !strings.Contains(e.Message.Chinese, c.says) || strings.Contains(strings.Split(e.Message.Chinese, "\n")[0], "Error") || strings.Contains(e.Message.Chinese, "reading-") {
			t.Errorf("%q\nis told as %q", c.engine, e.Message.Chinese)
		}
		if p, _ := e.Place(); p.At != c.at {
			t.Errorf("%q\nis at %+v", c.engine, p)
		}
		if !strings.Contains(e.Hint.Chinese, c.hint) || c.hint == "" && e.Hint.Chinese != "" {
			t.Errorf("%q\nhas the hint %q", c.engine, e.Hint.Chinese)
		}
	}
}
