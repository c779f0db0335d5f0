package result

import (
	"encoding/json"
	"math/big"
	"testing"
	"time"

	duckdb "github.com/duckdb/duckdb-go/v2"
)

// TestPlainIsExact: amounts keep every digit, dates and times read as SQL writes them, and what has no type in JSON is text.
func TestPlainIsExact(t *testing.T) {
	noon := time.Date(2022, 8, 15, 12, 0, 0, 500_000_000, time.UTC)
	huge, _ := new(big.Int).SetString("170141183460469231731687303715884105727", 10)
	for _, c := range []struct {
		in      any
		sqlType string
		want    any
	}{
		{nil, "VARCHAR", nil}, {int32(7), "INTEGER", int64(7)}, {big.NewInt(7), "HUGEINT", int64(7)}, {huge, "HUGEINT", json.Number(huge.String())},
		{duckdb.Decimal{Width: 18, Scale: 2, Value: big.NewInt(-5)}, "DECIMAL(18,2)", json.Number("-0.05")},
		{noon, "DATE", "2022-08-15"}, {noon, "TIMESTAMP", "2022-08-15 12:00:00.5"}, {0.25, "DOUBLE", 0.25},
		{[]any{int32(1), nil}, "INTEGER[]", "[1,null]"},
	} {
		if got := Plain(c.in, c.sqlType); got != c.want {
			t.Errorf("%v as %s: %#v, want %#v", c.in, c.sqlType, got, c.want)
		}
	}
	for sqlType, want := range map[string]any{"DECIMAL(18,2)": json.Number("1.50"), "DOUBLE": 1.5, "BIGINT": json.Number("1.50")} {
		if got := Typed(json.Number("1.50"), sqlType); got != want {
			t.Errorf("1.50 as %s: %#v, want %#v", sqlType, got, want)
		}
	}
}

func TestRecordKeepsItsOrder(t *testing.T) {
	r := Record{{"z", int64(1)}, {"a", Record{{"b", "<1>"}}}, {"n", json.Number("0.10")}}
	text, err := r.MarshalJSON()
	if want := `{"z":1,"a":{"b":"<1>"},"n":0.10}`; err != nil || string(text) != want {
		t.Errorf("got %s (%v), want %s", text, err, want)
	}
	if r.Get("n") != json.Number("0.10") || r.Get("none") != nil {
		t.Error(r)
	}
}

func TestQuotient(t *testing.T) {
	if q := Quotient(json.Number("1.10"), int64(3)); q != 0.36666666666666664 {
		t.Error(q)
	}
	if q := Quotient(int64(1), int64(0)); q != nil {
		t.Error(q)
	}
}
