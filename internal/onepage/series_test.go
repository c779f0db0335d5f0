package onepage

import (
	"encoding/json"
	"math"
	"testing"
)

// TestSeriesWithoutValue: a chart with a gap can be written down, so that the paper it stands in can be issued.
func TestSeriesWithoutValue(t *testing.T) {
	text, err := json.Marshal([]Series{{Name: "收集", Values: []float64{1, math.NaN(), math.Inf(1), 2.5}}})
	if want := `[{"Name":"收集","Values":[1,null,null,2.5]}]`; err != nil || string(text) != want {
		t.Errorf("%s, %v; want %s", text, err, want)
	}
}
