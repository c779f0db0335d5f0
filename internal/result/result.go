package result

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strings"
	"time"

	"taizhang/internal/warehouse"

	duckdb "github.com/duckdb/duckdb-go/v2"
)

// Column of a result: its name and DuckDB type.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// Table is a result read whole. Values are nil, bool, int64, float64,
// json.Number (exact decimals and integers beyond int64, as written) or string
// (texts; dates as 2006-01-02; timestamps as 2006-01-02 15:04:05; anything
// nested as JSON).
type Table struct {
	Columns   []Column
	Rows      [][]any
	Truncated bool // more rows existed than were asked for
}

// Record is one object of machine-readable output: keys in order.
type Record []Entry

// Entry is a key and its value.
type Entry struct {
	Key   string
	Value any
}

// Get is the value of a key, nil if there is none.
func (r Record) Get(key string) any {
	for _, e := range r {
		if e.Key == key {
			return e.Value
		}
	}
	return nil
}

// Keys in order.
func (r Record) Keys() []string {
	out := make([]string, len(r))
	for i, e := range r {
		out[i] = e.Key
	}
	return out
}

// MarshalJSON writes the keys in their order.
func (r Record) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, e := range r {
		if i > 0 {
			b.WriteByte(',')
		}
		for j, x := range []any{e.Key, e.Value} {
			if j == 1 {
				b.WriteByte(':')
			}
			text, err := marshal(x)
			if err != nil {
				return nil, err
			}
			b.Write(text)
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// marshal leaves < > & as they are: nobody puts this into a page.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// Plain turns what the driver returns into the values that Table describes.
func Plain(v any, sqlType string) any {
	switch x := v.(type) {
	case nil, bool, string, int64:
		return x
	case float64:
		return plainFloat(x)
	case int8, int16, int32, uint8, uint16, uint32, uint64, float32, *big.Int, duckdb.Decimal:
		return plainNumber(x)
	case time.Time:
		return timeText(x, sqlType)
	case []byte:
		if sqlType == "UUID" && len(x) == 16 {
			return fmt.Sprintf("%x-%x-%x-%x-%x", x[:4], x[4:6], x[6:8], x[8:10], x[10:])
		}
		return fmt.Sprintf("%x", x)
	case duckdb.Interval:
		return fmt.Sprintf("%d months %d days %s", x.Months, x.Days, time.Duration(x.Micros)*time.Microsecond)
	case duckdb.Union:
		return Plain(x.Value, "")
	case []any, map[string]any, duckdb.OrderedMap:
		if text, err := marshal(nested(v)); err == nil {
			return string(text)
		}
	}
	return fmt.Sprint(v) // what prints itself, such as bit strings
}

// plainNumber is Plain of the rarer kinds of numbers.
func plainNumber(v any) any {
	switch x := v.(type) {
	case int8:
		return int64(x)
	case int16:
		return int64(x)
	case int32:
		return int64(x)
	case uint8:
		return int64(x)
	case uint16:
		return int64(x)
	case uint32:
		return int64(x)
	case uint64:
		if x <= math.MaxInt64 {
			return int64(x)
		}
		return json.Number(fmt.Sprint(x))
	case float32:
		return plainFloat(float64(x))
	case *big.Int:
		return plainInteger(x)
	case duckdb.Decimal:
		return json.Number(decimalText(x))
	}
	return v
}

func plainFloat(x float64) any {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return fmt.Sprint(x)
	}
	return x
}

func plainInteger(x *big.Int) any {
	switch {
	case x == nil:
		return nil
	case x.IsInt64():
		return x.Int64()
	}
	return json.Number(x.String())
}

// nested makes lists, structs and maps fit for JSON.
func nested(v any) any {
	switch x := v.(type) {
	case []any:
		out := make([]any, len(x))
		for i := range x {
			out[i] = nested(x[i])
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(x))
		for k := range x {
			out[k] = nested(x[k])
		}
		return out
	case duckdb.OrderedMap:
		out := make(Record, x.Len())
		for i, k := range x.Keys() {
			out[i] = Entry{fmt.Sprint(Plain(k, "")), nested(x.Values()[i])}
		}
		return out
	}
	return Plain(v, "")
}

func timeText(t time.Time, sqlType string) string {
	switch {
	case sqlType == "DATE":
		return t.Format("2006-01-02")
	case sqlType == "TIME" || sqlType == "TIMETZ":
		return t.Format("15:04:05.999999")
	case strings.Contains(sqlType, "TZ") || strings.Contains(sqlType, "TIME ZONE"):
		return t.Format(time.RFC3339Nano)
	}
	return t.Format(warehouse.Stamp)
}

// decimalText writes all digits of the scale: money shows its two decimals.
func decimalText(d duckdb.Decimal) string {
	if d.Value == nil {
		return "0"
	}
	s, sign := d.Value.String(), ""
	if strings.HasPrefix(s, "-") {
		s, sign = s[1:], "-"
	}
	scale := int(d.Scale)
	if scale == 0 {
		return sign + s
	}
	if len(s) <= scale {
		s = strings.Repeat("0", scale-len(s)+1) + s
	}
	return sign + s[:len(s)-scale] + "." + s[len(s)-scale:]
}

// Number is a value as a rational, nil if it is none.
func Number(v any) *big.Rat {
	switch x := v.(type) {
	case int64:
		return new(big.Rat).SetInt64(x)
	case float64:
		return new(big.Rat).SetFloat64(x)
	case json.Number:
		r, ok := new(big.Rat).SetString(string(x))
		if !ok {
			return nil
		}
		return r
	}
	return nil
}

// Quotient is num ÷ den, correctly rounded once; nil for a denominator of 0.
func Quotient(num, den any) any {
	n, d := Number(num), Number(den)
	if n == nil || d == nil || d.Sign() == 0 {
		return nil
	}
	f, _ := new(big.Rat).Quo(n, d).Float64()
	return f
}

// QuotientTo is num ÷ den with some decimals, nil where den is zero.
func QuotientTo(num, den any, decimals int) any {
	n, d := Number(num), Number(den)
	if n == nil || d == nil || d.Sign() == 0 {
		return nil
	}
	return json.Number(new(big.Rat).Quo(n, d).FloatString(decimals))
}

// Float is a value as a float64, nil if it is none.
func Float(v any) *float64 {
	n := Number(v)
	if n == nil {
		return nil
	}
	f, _ := n.Float64()
	return &f
}

// RecordOf is a row of a table as a record.
func RecordOf(t Table, row []any) Record {
	rec := make(Record, len(row))
	for i, c := range t.Columns {
		rec[i] = Entry{c.Name, row[i]}
	}
	return rec
}

// Records are the rows of a table as records.
func (t Table) Records() []Record {
	out := make([]Record, len(t.Rows))
	for i, row := range t.Rows {
		out[i] = RecordOf(t, row)
	}
	return out
}

func OrZero(v any) any {
	if v == nil {
		return int64(0)
	}
	return v
}

// Typed gives a JSON number back its Go type.
func Typed(v any, sqlType string) any {
	n, ok := v.(json.Number)
	if !ok {
		return v
	}
	switch {
	case sqlType == "DOUBLE" || sqlType == "FLOAT":
		f, err := n.Float64()
		if err != nil {
			return n
		}
		return f
	case strings.HasPrefix(sqlType, "DECIMAL"):
		return n
	}
	i, err := n.Int64()
	if err != nil {
		return n
	}
	return i
}
