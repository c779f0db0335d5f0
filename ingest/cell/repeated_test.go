package cell

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"taizhang/ingest/sheet"
	"taizhang/internal/calendar"
)

// TestReadAtIsRead reads texts and numbers of all sorts column by column, most of them more than once, and by Read alone.
func TestReadAtIsRead(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 1))
	keeping, plain := typers(t, "2022-08"), typers(t, "2022-08")
	assigned := calendar.NoDate // of the row at hand
	for i := range plain {
		if i%2 == 0 {
			keeping[i].Assigned = func() calendar.Date { return assigned }
			plain[i].Assigned = keeping[i].Assigned
		}
	}
	facts := []Facts{{}, {}, {}, {Unit: 4, UnitKnown: true}, {OddUnit: "万美元"}, {Fractions: true}}
	formats := []string{"", "", "", "", "#,##0.00", "0.0,", `0"万元"`, "@", "yyyy/m/d"}
	number := func() string {
		s := strconv.FormatInt(r.Int64N(int64(1)<<uint(r.IntN(60))), 10)
		switch r.IntN(6) {
		case 0:
			return s + "." + strconv.Itoa(r.IntN(1000))
		case 1:
			return s + "." + fmt.Sprintf("%02d", r.IntN(100))
		case 2:
			return "0" + s
		case 3:
			return s + []string{".", "元", "万", "%", "个", "-", ".0.1"}[r.IntN(7)]
		}
		return s
	}
	numbers := map[string]uint16{} // of texts, as a shelf gives them
	words := []string{"", " ", "无", "—", "0", "00", "0.", "0.0", ".5", "-3", "经发局", "产业局", "已办结", "走访调研", "其他", "2022-08-15", "8月3日", "2022年8月", "13800138000", "电话13800138000", "430302199001011234", "914303001848125437", "9143030018481254", "停电", "n/a", "1.已办结", "'12", "12345热线"}
	for n := range 60_000 {
		if assigned = calendar.NoDate; r.IntN(3) > 0 {
			assigned = calendar.NewDate(2018+r.IntN(6), time.Month(1+r.IntN(12)), 1+r.IntN(28))
		}
		which := r.IntN(len(plain))
		typer, plain := keeping[which], plain[which]
		f := plain.Form
		k := r.IntN(len(f.Columns))
		c := sheet.Cell{Row: 5, Col: k + 1, Kind: sheet.Text, Text: words[r.IntN(len(words))], Format: formats[r.IntN(len(formats))], Percent: r.IntN(40) == 0, NoValue: r.IntN(200) == 0}
		if r.IntN(2) == 0 && len(numbers) < 30_000 {
			c.Text = number()
		}
		if num, err := strconv.ParseFloat(c.Text, 64); err == nil && r.IntN(2) == 0 {
			c.Kind, c.Num = sheet.Number, num
			if r.IntN(10) == 0 {
				c.Kind = sheet.Date
			}
		}
		if once := fmt.Sprint(c.Kind, c.Text, c.Format); c.Kind == sheet.Date || c.Kind == sheet.Text && c.Text != "" && c.Format == "" {
			if numbers[once] == 0 {
				numbers[once] = uint16(len(numbers) + 1)
			}
			c.Again = numbers[once]
		}
		facts := facts[r.IntN(len(facts))]
		got, gotFault := typer.ReadAt(k, &c, facts)
		kept := NewShelf(typer).Keep([]Value{{Text: "beside"}, got}).Value(1)
		kept.Hid = got.Hid // nobody asks it of a line that is kept
		if kept != got {
			t.Fatalf("seed %d: %+v is kept as %+v", seed, got, kept)
		}
		got.number = 0
		want, wantFault := plain.Read(&c, &f.Columns[k], facts)
		if got != want || (gotFault == nil) != (wantFault == nil) || gotFault != nil && fmt.Sprint(*gotFault) != fmt.Sprint(*wantFault) {
			t.Fatalf("seed %d, cell %d under %s (%s), %+v, facts %+v:\ngot  %+v %+v\nwant %+v %+v", seed, n, f.Columns[k].Title, f.Columns[k].Type, c, facts, got, gotFault, want, wantFault)
		}
	}
}
