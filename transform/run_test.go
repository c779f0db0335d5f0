package transform

import (
	"context"
	"testing"
	"time"

	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
)

func TestRunBuildsEveryModel(t *testing.T) {
	ctx := context.Background()
	db := warehousetest.New(t)
	warehousetest.Run(t, db, "2022-08-15", time.Date(2022, 8, 15, 18, 0, 0, 0, time.UTC), "2022-01-01")
	for range 3 {
		if err := warehouse.Begin(ctx, db.Conn); err != nil {
			t.Fatal(err)
		}
		res, err := Run(ctx, db.Conn, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := res.Err(); err != nil {
			t.Fatal(err)
		}
		if err := warehouse.Commit(ctx, db.Conn); err != nil {
			t.Fatal(err)
		}
		t.Log(len(res.Models), res.Took)
	}
}
