package finding

import (
	"reflect"
	"testing"
	"time"

	"taizhang/internal/calendar"
)

// fill sets every field of a value to something, so that what isn't kept is seen.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Date(2022, 8, 15, 9, 0, *n%60, 123_456_789, time.FixedZone("", 8*3600))))
		return
	case calendar.Date:
		v.Set(reflect.ValueOf(calendar.Date(19218)))
		return
	case calendar.Period:
		p, _ := calendar.ParsePeriod("2022-W32")
		v.Set(reflect.ValueOf(p))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("文" + string(rune('a'+*n%26)))
	case reflect.Int:
		v.SetInt(int64(*n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(v.Index(i), n)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	default:
		panic(v.Kind().String())
	}
}

// TestKept: a report that was kept says the same; only keys of rows are left out, which receipts don't tell.
func TestKept(t *testing.T) {
	var r Report
	n := 0
	fill(reflect.ValueOf(&r).Elem(), &n)
	loc := time.FixedZone("", 8*3600)
	text, err := r.Keep()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Kept(text, loc)
	if err != nil {
		t.Fatal(err)
	}
	for _, ret := range r.Returns {
		for i := range ret.Findings {
			ret.Findings[i].RowKey = ""
		}
		for i := range ret.Explained {
			ret.Explained[i].Key, ret.Explained[i].Finding.RowKey = "", ""
		}
		for i := range ret.Unread {
			ret.Unread[i].Row = 0
		}
		ret.ReceivedAt, ret.DueAt, ret.Decision.At = ret.ReceivedAt.In(loc), ret.DueAt.In(loc), ret.Decision.At.In(loc)
	}
	for _, ret := range got.Returns {
		ret.Decision.At = ret.Decision.At.In(loc)
	}
	r.ReceivedAt = r.ReceivedAt.In(loc)
	if !reflect.DeepEqual(&r, got) {
		t.Errorf("kept\n%+v\nof\n%+v", *got.Returns[0], *r.Returns[0])
	}
	empty, err := (&Report{Returns: []*Return{{Cutoff: calendar.NoDate}}}).Keep()
	if err != nil {
		t.Fatal(err)
	}
	if got, err = Kept(empty, loc); err != nil || got.Returns[0].Cutoff.Valid() || !got.Returns[0].DueAt.IsZero() || got.Returns[0].Period.Valid() {
		t.Errorf("%+v %v", got, err)
	}
}
