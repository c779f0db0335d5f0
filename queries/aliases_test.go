package queries

import (
	"context"
	"testing"

	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
)

// TestUnitsByTheirAliases: a zone's units may be asked for by what they were called before; where several zones stand together
// an alias of one of them is not taken for it.
func TestUnitsByTheirAliases(t *testing.T) {
	of := func(more string) *Reader {
		return open(t, warehousetest.Publish(t, "2022-08-15", warehousetest.Evening, func(db *warehouse.DB) {
			warehousetest.FillSmall(t, db)
			for table, rows := range map[string]string{"ctl.submitter_alias": "zone, alias, code\nxt, 双马镇, smj\n", "ctl.zone": more} {
				if err := warehousetest.InsertCSV(context.Background(), db, table, rows); err != nil {
					t.Fatal(err)
				}
			}
		}))
	}
	ask := Ask{Metrics: []string{"problems_collected"}, Where: map[string]string{"street": "双马镇"}}
	if got := value(t, of("zone, name, timezone\n"), ask); got != "2 " {
		t.Errorf("problems of the street by its former name: %q, want 2", got)
	}
	if got, err := of("zone, name, timezone\nyl, 云麓新区, Asia/Shanghai\n").Metrics(context.Background(), ask); err == nil {
		t.Errorf("of two zones an alias of one is answered: %v", got)
	}
}
