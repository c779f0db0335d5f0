package weekly

import (
	"context"
	"regexp"
	"sync"
	"testing"

	"taizhang/internal/engine"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
	"taizhang/queries"
)

// inline is DuckDB asked as Trino is: without tables of what is restated, so that a model stands in a text wherever it is named.
type inline struct {
	engine.Engine
	mu   sync.Mutex
	most int // tables read by one statement
	text string
}

func (e *inline) Restate(ctx context.Context, models []warehouse.Model, o warehouse.RestateOptions, prefix string, points []warehouse.Point, wanted ...string) (*warehouse.Restated, error) {
	o.Inline = true
	return e.Engine.Restate(ctx, models, o, prefix, points, wanted...)
}

var reads = regexp.MustCompile(`\b(from|join) `)

func (e *inline) Table(ctx context.Context, query string, args ...any) (result.Table, error) {
	e.mu.Lock()
	if n := len(reads.FindAllString(query, -1)); n > e.most {
		e.most, e.text = n, query
	}
	e.mu.Unlock()
	return e.Engine.Table(ctx, query, args...)
}

// TestTextsStayFlat: Trino takes 150 stages to a statement and evaluates a model wherever a text names it, so one that others
// read twice doubles theirs: three such models once came to 544 tables here and 421 stages there.
func TestTextsStayFlat(t *testing.T) {
	const bound = 165
	ctx := context.Background()
	db, err := warehouse.ReadOnly(warehousetest.PublishSmall(t), warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e := &inline{Engine: engine.Embedded(db)}
	r, err := queries.OpenEngine(ctx, e, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := Build(ctx, r, warehouse.Point{AsOf: r.Published().AsOf - 7}, Options{}); err != nil {
		t.Fatal(err)
	}
	if e.most == 0 || e.most > bound {
		t.Errorf("a statement of the weekly reads %d tables, at most %d are known to run on Trino:\n%.2000s …", e.most, bound, e.text)
	}
}
