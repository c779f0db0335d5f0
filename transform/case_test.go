package transform

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"taizhang/internal/warehouse/warehousetest"
)

// TestCases runs models/<layer>/<name>.txtar: rows in → rows out.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("models/*/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	ctx := context.Background()
	for _, f := range files {
		model := filepath.Base(filepath.Dir(f)) + "." + strings.TrimSuffix(filepath.Base(f), ".txtar")
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		cases, err := ParseCases(f, model, text)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			t.Run(model+"/"+c.Name, func(t *testing.T) {
				db := warehousetest.New(t)
				if err := c.Check(ctx, db.Conn, Options{}); err != nil {
					t.Error(err)
				}
			})
		}
	}
}
