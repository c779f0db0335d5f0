package numfmt

import "testing"

func TestClass(t *testing.T) {
	for code, want := range map[string]Class{
		"": Number, "General": Number, "GENERAL": Number, "G/通用格式": Number, "@": Number, "0.00": Number, "#,##0;[Red]-#,##0": Number,
		`0"days"`: Number, `General"天"`: Number, `G/通用格式"年"`: Number, "0.0E+0": Number, `\d0`: Number, `_d0`: Number, "[Red]0": Number, "[$¥-804]#,##0.00": Number, "[DBNum1]General": Number, ";;;": Number, `0;yyyy`: Number, `"y`: Number,
		"yyyy-mm-dd": Date, "YYYY/M/D": Date, `yyyy"年"m"月"d"日"`: Date, "yyyy年m月": Date, "mmm-yy": Date, "m/d": Date, "m": Date, "mmmm": Date, "aaaa": Date, `[$-804]aaaa`: Date, `[DBNum1][$-804]yyyy"年"m"月"`: Date, "e年": Date, `[$-404]e/m/d`: Date, "yyyy\\-mm\\-dd;@": Date,
		"yyyy-mm-dd hh:mm": DateTime, "m/d/yy h:mm": DateTime, "d h": DateTime, "mmm h": DateTime,
		"h:mm": Time, "hh:mm:ss": Time, "mm:ss": Time, "mm:ss.0": Time, "h:mm AM/PM": Time, `上午/下午h"时"mm"分"`: Time, "[$-F400]h:mm:ss AM/PM": Time, "h A/P": Time,
		"[h]:mm": Elapsed, "[hh]:mm:ss": Elapsed, "[mm]:ss": Elapsed, "[s]": Elapsed,
	} {
		if got := Of(code).Class; got != want {
			t.Errorf("%q: class %d, want %d", code, got, want)
		}
	}
	for id, want := range map[int]Class{0: Number, 9: Number, 13: Number, 14: Date, 17: Date, 18: Time, 22: DateTime, 27: Date, 31: Date, 32: Time, 35: Time, 36: Date, 37: Number, 44: Number, 45: Time, 46: Elapsed, 47: Time, 48: Number, 49: Number, 50: Date, 54: Date, 55: Time, 57: Date, 58: Date, 59: Number} {
		if got := OfID(id, "").Class; got != want {
			t.Errorf("format %d: class %d, want %d", id, got, want)
		}
	}
	for code, want := range map[string]bool{"0%": true, "0.00%;[Red]-0.00%": true, `0"%"`: false, `0\%`: false, "0": false, "yyyy%": false} {
		if got := Of(code).Percent; got != want {
			t.Errorf("%q: percent %v", code, got)
		}
	}
}
