package fence

import (
	"database/sql"
	"reflect"
	"sync"
	"time"

	"github.com/duckdb/duckdb-go/v2/mapping"
)

// tellEvery is how often a child tells how far it is.
const tellEvery = 500 * time.Millisecond

// tell tells how far the query of a connection is, until what it gives is called.
func tell(conn *sql.Conn, say func(Progress) error) (end func()) {
	far := progressOf(conn)
	if far == nil {
		return func() {}
	}
	stop := make(chan struct{})
	var told sync.WaitGroup
	told.Go(func() {
		every := time.NewTicker(tellEvery)
		defer every.Stop()
		for {
			select {
			case <-stop:
				return
			case <-every.C:
				if say(far()) != nil {
					return // nobody reads on
				}
			}
		}
	})
	return func() { close(stop); told.Wait() }
}

// progressOf gives the way to ask a connection how far its query is; nil where there is none. The engine can be asked
// from beside a query, but the driver hides the connection that it is to be asked for.
func progressOf(conn *sql.Conn) func() Progress {
	var inner mapping.Connection
	err := conn.Raw(func(c any) error {
		v := reflect.Indirect(reflect.ValueOf(c))
		if v.Kind() != reflect.Struct {
			return nil
		}
		if f := v.FieldByName("conn"); f.IsValid() && f.Type() == reflect.TypeFor[mapping.Connection]() {
			inner.Ptr = f.FieldByName("Ptr").UnsafePointer()
		}
		return nil
	})
	if err != nil || inner.Ptr == nil {
		return nil
	}
	return func() Progress {
		p := mapping.QueryProgress(inner)
		percent, rows, _ := mapping.QueryProgressTypeMembers(&p)
		return Progress{Percent: percent, Rows: rows}
	}
}
