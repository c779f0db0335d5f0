package web

import (
	"context"
	"strings"
	"testing"

	"taizhang/cmd/internal/web/reading"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/internal/archive"
)

// TestOriginalsAreMasked: what the page shows of a stored original holds no more of private persons than the tables do:
// neither names nor numbers, in columns that the form knows or doesn't, for nobody.
func TestOriginalsAreMasked(t *testing.T) {
	dir := sharedZone(t)
	x := open(t, dir, nil)
	z := x.server.ZoneOf()
	a, err := archive.View(z.Archive())
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	looked := 0
	for unit, form := range map[string]string{"cl": "beneficiary", "swj": "tax_refund"} {
		rd, done, err := x.server.Readings.Open(z)
		if err != nil {
			t.Fatal(err)
		}
		defer done()
		for _, m := range returnID.FindAllStringSubmatch(x.page("/units/"+unit), -1) {
			o, err := rd.Original(t.Context(), m[1])
			if err != nil {
				t.Fatal(err)
			}
			if o.Form != form {
				continue
			}
			columns, err := rd.SheetColumns(t.Context(), o.Return)
			if err != nil {
				t.Fatal(err)
			}
			content, err := a.Get(o.SHA256)
			if err != nil {
				t.Fatal(err)
			}
			book, err := anyfile.Open(context.Background(), o.File, content, sheet.DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			pages := x.page("/returns/"+o.Return+"/sheet") + x.page("/returns/"+o.Return+"/sheet?row=6") + x.page("/returns/"+o.Return)
			for i, s := range book.Sheets() {
				g, err := book.Grid(i)
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range g.Rows {
					for _, c := range r.Cells {
						for _, k := range columns {
							if k.Sheet != s.Name || k.Col != sheet.ColumnName(c.Col) || int64(r.N) < k.From || int64(r.N) > k.To || !reading.TypeOf(z.Forms.Get(form), k.Field).Sensitive() {
								continue
							}
							if text := strings.TrimSpace(c.Text); len([]rune(text)) > 1 {
								looked++
								if strings.Contains(pages, ">"+text+"<") || len(text) > 10 && strings.Contains(pages, text) {
									t.Errorf("%s %s!%s is shown: %s", o.Return, s.Name, c.Ref(), text)
								}
							}
						}
					}
				}
			}
			if !strings.Contains(pages, "*") {
				t.Errorf("%s: nothing is masked", o.Return)
			}
		}
	}
	if looked < 20 {
		t.Errorf("only %d sensitive cells were looked at", looked)
	}
}
