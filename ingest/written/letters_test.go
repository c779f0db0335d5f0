package written

import (
	"math/big"
	"strings"
	"testing"

	"taizhang/internal/spelling"
)

// A quick test must let through whatever the closer look would find.
func TestQuickTestsLoseNothing(t *testing.T) {
	for _, text := range []string{"本期无", "无", "零报告", "0报告", "空表", "未发生", "经核实，我单位本月暂无新增问题", "截至目前未收到群众反映问题", "此项不涉及", "没有数据", "（无）", "零报送。", "不涉及此项工作", "本月均没有新增"} {
		word := spelling.Squash(text)
		if slow := nothingText().MatchString(word) || nothingLine().MatchString(word); !slow || !IsNothingLine(word) {
			t.Errorf("%q says that there is nothing: expression %v, with the quick test %v", text, slow, IsNothingLine(word))
		}
	}
	for _, text := range []string{" 停电", "停电 ", "　停电", "停电\u200b", "\t1", "", "A ", "停 电", "停电\n", "\u00a0x", "é "} {
		want := strings.TrimSpace(strings.Map(func(r rune) rune {
			if r == 0x3000 || r == 0xa0 {
				return ' '
			} else if odd(r) {
				return -1
			}
			return r
		}, text))
		if got := Tidy(text); got != want {
			t.Errorf("%q tidied: %q, want %q", text, got, want)
		}
	}
	set := NewLetters("无a年")
	for text, in := range map[string]bool{"有无": true, "cab": true, "b": false, "": false, "\xe6\x97": false, "\xff无": true, "😀": false, "年": true} {
		if set.In(text) != in {
			t.Errorf("%q holds a letter of the set: %v, want %v", text, !in, in)
		}
	}
	if !set.Only("无a") || set.Only("无b") || !set.Begin("年1") || set.Begin("1年") || set.Begin("") {
		t.Error("Only or Begin are wrong")
	}
}

// Small amounts are written by a shorter way than large ones.
func TestFixedBothWays(t *testing.T) {
	for _, n := range []int64{0, 1, 9, 10, 99, 100, 101, 12345, 999999999999999999} {
		for _, scale := range []int{1, 2, 6, 10} {
			large := new(big.Int).Add(big.NewInt(n), new(big.Int).Mul(big.NewInt(1e18), big.NewInt(1e10))) // the same digits behind a 1
			text := Fixed(large, scale)
			if got := Fixed(big.NewInt(n), scale); !strings.HasSuffix(text, strings.TrimLeft(got, "0")) || len(got)-strings.IndexByte(got, '.')-1 != scale || strings.HasPrefix(got, ".") || len(got) > scale+2 && got[0] == '0' {
				t.Errorf("%d·10^-%d: %q, behind a one %q", n, scale, got, text)
			}
		}
	}
}
