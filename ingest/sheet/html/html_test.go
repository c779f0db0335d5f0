package html_test

import (
	"context"
	"testing"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/ingest/sheet/sheettest"
)

func TestHTML(t *testing.T) {
	tests := []struct{ name, data, want string }{
		{"cells", "<html><body>外面<table><caption>台账</caption><tr><th>编号<th>金额</tr><tr><td>&nbsp;007 <td>12.5</table>", "A1 text \"台账\"\nA2 text \"编号\"\nB2 text \"金额\"\nA3 text \"007\"\nB3 number \"12.5\"\n"},
		{"breaks and entities", "<table><tr><td>一<br>\n二<p>三</p></td><td>a&amp;b &lt;c&gt;</td></tr></table>", "A1 text \"一\\n二\\n三\"\nB1 text \"a&b <c>\"\n"},
		{"spans", "<table><tr><td rowspan=2>a<td colspan=2>b<td>c<tr><td>d<td>e<td>f<tr><td>g</table>", "A1 text \"a\"\nB1 text \"b\"\nD1 text \"c\"\nB2 text \"d\"\nC2 text \"e\"\nD2 text \"f\"\nA3 text \"g\"\nmerged A1:A2\nmerged B1:C1\n"},
		{"tall span past a short row", "<table><tr><td>a<td rowspan=3>b<tr><td>c<tr><td>d<td>e<tr><td>f<td>g</table>", "A1 text \"a\"\nB1 text \"b\"\nA2 text \"c\"\nA3 text \"d\"\nC3 text \"e\"\nA4 text \"f\"\nB4 text \"g\"\nmerged B1:B3\n"},
		{"scripts and hidden rows", "<table><tr style='display: none'><td>x<script>var a='<td>no</td>'</script></td></tr></table>", "A1 text \"x\" hidden\n"},
		{"two tables", "<table><tr><td>a</table><table><tr><td>b</table>", "A1 text \"a\"\nA2 text \"b\"\n"},
		{"table in a table", "<table><tr><td>标题<table><tr><td>a<td>b</table></td></tr></table>", "A1 text \"标题\"\nA2 text \"a\"\nB2 text \"b\"\n"},
		{"charset of its own", "<html><meta charset=big5><table><tr><td>\xa4\xa4\xa4\xe5</table>", "A1 text \"中文\"\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, err := anyfile.Open(context.Background(), "x.xls", []byte(tt.data), sheet.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			g, err := b.Grid(0)
			if err != nil {
				t.Fatal(err)
			}
			if got := sheettest.Dump(g); got != tt.want || b.Format != sheet.HTML {
				t.Errorf("%s, got\n%swant\n%s", b.Format, got, tt.want)
			}
		})
	}
}
