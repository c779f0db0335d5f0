package transform

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"taizhang/internal/lang"
)

// CheckQuery is one statement that tests the grain and the checks of a model:
// a row of counts, of the grain and of each check in their order. Only where
// the first is 0 do all keys differ: [GrainQuery] counts those that don't.
func CheckQuery(m Model, from string) string {
	// A key of one column that is null isn't counted: then, as where two are the same, they are looked at one by one.
	q := "select count(*) - count(distinct (" + strings.Join(m.Grain, ", ") + "))"
	for _, c := range m.Checks {
		q += fmt.Sprintf(", count(*) filter (where not coalesce((%s), false))", c.Predicate)
	}
	return q + " from " + from
}

// GrainQuery counts the keys of a model that several rows have.
func GrainQuery(m Model, from string) string {
	return fmt.Sprintf("select count(*) from (select 1 as one from %s group by %s having count(*) > 1) as twice", from, strings.Join(m.Grain, ", "))
}

// testModel tests the grain and the checks of a model in one query, of the
// rows that a condition names (empty: all).
func testModel(ctx context.Context, conn *sql.Conn, m Model, condition string) ([]CheckResult, error) {
	from := m.Name
	if condition != "" {
		from += " where " + condition
	}
	grain := strings.Join(m.Grain, ", ")
	failing := make([]int64, 1+len(m.Checks))
	into := make([]any, len(failing))
	for i := range failing {
		into[i] = &failing[i]
	}
	err := conn.QueryRowContext(ctx, CheckQuery(m, from)).Scan(into...)
	if err == nil && failing[0] > 0 {
		err = conn.QueryRowContext(ctx, GrainQuery(m, from)).Scan(into[0])
	}
	if err != nil {
		return nil, lang.Errorf("%s: its grain or a check can't be evaluated: %w", "%s：无法检查其主键或检查项：%w", m.File, err)
	}
	var out []CheckResult
	if failing[0] > 0 {
		out = append(out, CheckResult{Model: m.Name, Check: "grain", Predicate: grain, Failing: failing[0]})
	}
	for i, c := range m.Checks {
		if n := failing[i+1]; n > 0 {
			out = append(out, CheckResult{Model: m.Name, Check: c.Name, Predicate: c.Predicate, Warning: c.Warning, Failing: n})
		}
	}
	for i := range out {
		out[i].Query = failingQuery(m, out[i])
	}
	return out, nil
}

// failingQuery lists the rows that fail a check.
func failingQuery(m Model, c CheckResult) string {
	if c.Check == "grain" {
		grain := strings.Join(m.Grain, ", ")
		return fmt.Sprintf("select %s, count(*) from %s group by %s having count(*) > 1", grain, m.Name, grain)
	}
	return fmt.Sprintf("select * from %s where not coalesce((%s), false)", m.Name, c.Predicate)
}
