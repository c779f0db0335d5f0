package layout

import (
	"strings"
	"testing"

	"taizhang/ingest/finding"
)

// TestTellJoined: up to six rows that went into a line are named, of more the first five.
func TestTellJoined(t *testing.T) {
	for _, at := range []struct {
		rows       []int
		has, lacks string
	}{
		{[]int{5, 6, 7, 8, 9, 10}, "5、6、7、8、9、10", "…"},
		{[]int{5, 6, 7, 8, 9, 10, 11}, "5、6、7、8、9、…", "10"},
	} {
		tb := Table{joinedRows: []joinedRows{{first: 4, rows: at.rows, titles: []string{"问题描述"}, at: finding.Place{Sheet: "台账", Row: 4}}}}
		said := tb.TellJoined()
		if len(said) != 1 || !strings.Contains(said[0].Message, at.has) || strings.Contains(said[0].Message, at.lacks) {
			t.Errorf("%v are told as %v", at.rows, said)
		}
	}
}
