package mart

import (
	"testing"
	"time"

	"taizhang/internal/warehouse/warehousetest"
)

const weekColumns = "zone, metric, dimension, dimension_value, week, basis, round(value, 9), num, den, as_of"

// TestWeeksInGroups: a large zone's history, computed some weeks at a time, is the one computed at once.
func TestWeeksInGroups(t *testing.T) {
	db := warehousetest.New(t)
	warehousetest.Random{Seed: 7, From: "2022-01-17", To: "2022-02-27", Rows: 3}.Fill(t, db)
	known := time.Date(2022, 2, 28, 12, 0, 0, 0, time.UTC)
	build(t, db, "2022-02-28", known, true)
	warehousetest.Exec(t, db, "create temp table kept as select * from mart.metric_week")
	defer func(n int) { groupRows = n }(groupRows)
	groupRows = 1
	build(t, db, "2022-02-28", known, true)
	same(t, db, "kept", "mart.metric_week", weekColumns)
}

// TestEarlierHistoryGivesWay: the table that an earlier version kept the history in gives way to today's view.
func TestEarlierHistoryGivesWay(t *testing.T) {
	db := warehousetest.New(t)
	warehousetest.Random{Seed: 8, From: "2022-02-07", To: "2022-02-27", Rows: 3}.Fill(t, db)
	known := time.Date(2022, 2, 28, 12, 0, 0, 0, time.UTC)
	build(t, db, "2022-02-28", known, true)
	warehousetest.Exec(t, db, "create temp table kept as select * from mart.metric_week; drop view mart.metric_week; "+
		"create table mart.metric_week as select * from kept limit 3; update ctl.metric_week_state set fingerprint = '2'")
	if stats := build(t, db, "2022-02-28", known, false); !stats.Full {
		t.Error("the history of another layout was kept")
	}
	same(t, db, "kept", "mart.metric_week", weekColumns)
}
