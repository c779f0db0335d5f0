package queries

import (
	"testing"
)

func TestWeeklyDeclaration(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := LoadWeekly("weekly.yaml", weeklyYAML, c); err != nil {
		t.Fatal(err)
	}
}
