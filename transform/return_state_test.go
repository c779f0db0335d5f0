package transform

import (
	"context"
	"testing"
	"time"

	"taizhang/internal/warehouse/warehousetest"
)

// TestRejectedUntilAccepted: 退回 counts what was rejected and has not been made good: a return that was accepted later, for
// the same form and period, takes it away, one of another period, form or unit doesn't, nor one that came before or wasn't
// known by then. A rejected return whose period can't be told waits for any accepted one of its form.
func TestRejectedUntilAccepted(t *testing.T) {
	db := warehousetest.New(t)
	warehousetest.FillSmall(t, db)
	add := func(id, arrival, unit, form, period, start, end, status, at string) {
		t.Helper()
		warehousetest.Exec(t, db, "insert into raw.return by name select * replace ("+arrival+" as arrival, '"+id+"' as return_id, '"+unit+"' as submitter, '"+form+"' as form, "+
			period+" as period, "+start+" as period_start, "+end+" as period_end, '"+status+"' as status, timestamp '"+at+"' as received_at) from raw.return where return_id = '2-1'")
	}
	w31 := []string{"'2022-W31'", "date '2022-08-01'", "date '2022-08-07'"}
	w32 := []string{"'2022-W32'", "date '2022-08-08'", "date '2022-08-14'"}
	none := []string{"null", "null", "null"}
	add("6-1", "6", "cyj", "problem", w31[0], w31[1], w31[2], "rejected", "2022-08-08 10:00:00") // after the accepted 1-1
	add("7-1", "7", "smj", "problem", w32[0], w32[1], w32[2], "rejected", "2022-08-15 09:30:00")
	add("8-1", "8", "smj", "problem", none[0], none[1], none[2], "rejected", "2022-08-15 09:40:00")
	add("9-1", "9", "cyj", "problem", w32[0], w32[1], w32[2], "accepted", "2022-08-15 11:00:00")                 // makes 3-1 good
	add("10-1", "10", "smj", "problem", w32[0], w32[1], w32[2], "accepted_with_warnings", "2022-08-16 08:00:00") // makes 7-1 and 8-1 good
	for _, c := range []struct{ known, want string }{
		{"2022-08-15 10:30", "cyj 2"}, // nothing is due of smj yet
		{"2022-08-15 12:00", "cyj 1, smj 2"},
		{"2022-08-16 12:00", "cyj 1, smj 0"},
	} {
		known, err := time.Parse("2006-01-02 15:04", c.known)
		if err != nil {
			t.Fatal(err)
		}
		warehousetest.Run(t, db, c.known[:10], known, "2022-01-01")
		if _, err := Run(context.Background(), db.Conn, Options{}); err != nil {
			t.Fatal(err)
		}
		got := ""
		if err := db.Conn.QueryRowContext(context.Background(), "select string_agg(submitter_code || ' ' || rejected, ', ' order by submitter_code) from mart.return_state where form = 'problem'").Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got != c.want {
			t.Errorf("known at %s: rejected %s, want %s", c.known, got, c.want)
		}
	}
}
