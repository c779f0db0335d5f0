package weekly

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestListsAreInOneOrder: rows of a list that are alike in what it is ordered by stand in the order of returns and rows: a past
// weekly that is asked for again is the same, row by row.
func TestListsAreInOneOrder(t *testing.T) {
	text, err := os.ReadFile("weekly.yaml")
	if err != nil {
		t.Fatal(err)
	}
	lists := regexp.MustCompile(`\bfrom mart\.(overdue|due_soon|stalled|moved_deadline|financing|land_refund|job_fair_funnel|livelihood_progress)\b`)
	seen := 0
	for _, rest := range strings.Split(string(text), "sql: ")[1:] {
		query, _, _ := strings.Cut(rest, "\n")
		if strings.TrimSpace(query) == "|" {
			var lines []string
			for _, line := range strings.Split(rest, "\n")[1:] {
				if !strings.HasPrefix(line, "            ") {
					break
				}
				lines = append(lines, line)
			}
			query = strings.Join(lines, "\n")
		}
		if !lists.MatchString(query) || regexp.MustCompile(`group by|sum\(|union all`).MatchString(query) {
			continue
		}
		seen++
		if !strings.HasSuffix(strings.TrimSpace(query), ", return_id, sheet, row_no") {
			t.Errorf("rows that are alike have no order of their own:\n%s", query)
		}
	}
	if seen < 8 {
		t.Errorf("%d lists", seen)
	}
}
