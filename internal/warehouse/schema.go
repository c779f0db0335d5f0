package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"

	"taizhang/internal/lang"
)

// Tables are the fixed tables, which docs/tables.md lists. The tables
// raw.<form> come from the forms' declarations.
var Tables = sync.OnceValue(func() []Table {
	return []Table{
		table("raw.return", `zone VARCHAR, return_id VARCHAR, arrival BIGINT, file VARCHAR, archive VARCHAR, sha256 VARCHAR,
			submitter VARCHAR, form VARCHAR, mode VARCHAR, period VARCHAR, period_start DATE, period_end DATE, cutoff DATE,
			status VARCHAR, is_nil BOOLEAN, rows_loaded BIGINT, rows_refused BIGINT, values_emptied BIGINT, errors BIGINT,
			warnings BIGINT, received_at TIMESTAMP, due_at TIMESTAMP, late BOOLEAN`),
		table("raw.return_column", `zone VARCHAR, return_id VARCHAR, sheet VARCHAR, field VARCHAR, col VARCHAR, title VARCHAR,
			header_row INTEGER, from_row INTEGER, to_row INTEGER`),
		table("raw.finding", `zone VARCHAR, return_id VARCHAR, seq INTEGER, severity VARCHAR, rule VARCHAR, sheet VARCHAR,
			cell VARCHAR, row_no INTEGER, field VARCHAR, value VARCHAR, message VARCHAR, hint VARCHAR`),
		table("raw.passed_over", `zone VARCHAR, return_id VARCHAR, seq INTEGER, total INTEGER, sheet VARCHAR, row_no INTEGER, kind VARCHAR`),
		table("raw.unread", `zone VARCHAR, return_id VARCHAR, seq INTEGER, total INTEGER, sheet VARCHAR, cell VARCHAR, value VARCHAR`),
		table("raw.explanation", `zone VARCHAR, return_id VARCHAR, seq INTEGER, mark VARCHAR, rule VARCHAR, sheet VARCHAR,
			cell VARCHAR, row_no INTEGER, field VARCHAR, key_text VARCHAR, value VARCHAR, message VARCHAR, said VARCHAR`),
		table("raw.receipt", `zone VARCHAR, arrival BIGINT, report VARCHAR`),
		table("raw.quarantine", `zone VARCHAR, return_id VARCHAR, sheet VARCHAR, row_no INTEGER, key_text VARCHAR,
			row_text VARCHAR, reason VARCHAR`),
		table("raw.decision", `zone VARCHAR, seq BIGINT, kind VARCHAR, return_id VARCHAR, submitter VARCHAR, form VARCHAR,
			period VARCHAR, reason VARCHAR, decided_at TIMESTAMP, effective_on DATE, decided_by VARCHAR`),
		table("ctl.run", `as_of DATE, known_at TIMESTAMP, from_on DATE`),
		table("ctl.zone", `zone VARCHAR, name VARCHAR, timezone VARCHAR`),
		table("ctl.submitter", `zone VARCHAR, code VARCHAR, name VARCHAR, kind VARCHAR, seq INTEGER, until_on DATE, merged_into VARCHAR, since_on DATE`),
		table("ctl.submitter_alias", `zone VARCHAR, alias VARCHAR, code VARCHAR`),
		table("ctl.form", `form VARCHAR, title VARCHAR, mode VARCHAR, frequency VARCHAR, seq INTEGER`),
		table("ctl.form_column", `form VARCHAR, seq INTEGER, field VARCHAR, title VARCHAR, type VARCHAR, is_required BOOLEAN,
			is_key BOOLEAN, is_sensitive BOOLEAN, role VARCHAR`),
		table("ctl.form_value", `form VARCHAR, field VARCHAR, seq INTEGER, value VARCHAR, means VARCHAR, name VARCHAR`),
		table("ctl.obligation", `zone VARCHAR, submitter VARCHAR, form VARCHAR, mode VARCHAR, period VARCHAR,
			period_start DATE, period_end DATE, due_at TIMESTAMP, known_from TIMESTAMP`),
		table("ctl.calendar", `zone VARCHAR, day DATE, is_workday BOOLEAN, workday_no BIGINT`),
		table("ctl.target", `zone VARCHAR, metric VARCHAR, target DOUBLE, basis VARCHAR`),
		table("ctl.model", `name VARCHAR, kind VARCHAR, description VARCHAR, sql_text VARCHAR, seq INTEGER, reads VARCHAR`),
		table("ctl.check_result", `model VARCHAR, check_name VARCHAR, severity VARCHAR, predicate VARCHAR, failing BIGINT`),
		table("ctl.check_row", `model VARCHAR, check_name VARCHAR, row_json VARCHAR`),
		table("ctl.metric_week_state", `fingerprint VARCHAR, history VARCHAR, first_week DATE, as_of DATE, known_at TIMESTAMP, arrival BIGINT, decision BIGINT`),
		table("ctl.metric_week_fact", `fact VARCHAR, fingerprint VARCHAR`),
		table("ctl.model_state", `name VARCHAR, hash VARCHAR, as_of DATE, from_on DATE, version BIGINT, fingerprint VARCHAR`),
		table("ctl.input_state", `name VARCHAR, fingerprint VARCHAR, row_count BIGINT`),
		table("ctl.return_state", `zone VARCHAR, return_id VARCHAR, form VARCHAR, fingerprint UBIGINT`),
		table("ctl.model_parse", `key VARCHAR, refs VARCHAR, is_timed BOOLEAN`),
		table("ctl.control_state", `name VARCHAR, fingerprint VARCHAR`),
		table("ctl.metric_state", `fact VARCHAR, fingerprint VARCHAR`),
		table("ctl.commit", `mark BIGINT`),
		table("ctl.format", `number INTEGER`),
	}
})

// FixedTable returns the fixed table of that name, such as raw.return.
func FixedTable(name string) Table {
	for _, t := range Tables() {
		if t.Name == name {
			return t
		}
	}
	panic("warehouse: no fixed table " + name)
}

// Schema creates the schemas and fixed tables that are missing, and brings those of an older program up to date. A newer
// program's are refused with a *NewerError.
func Schema(ctx context.Context, conn *sql.Conn) error {
	from, err := FormatOf(ctx, conn)
	if err != nil {
		return err
	}
	if from > Format {
		return &NewerError{from}
	}
	var b strings.Builder
	for _, s := range []string{"raw", "ctl", "stg", "built", "core", "mart"} {
		fmt.Fprintf(&b, "create schema if not exists %s;\n", s)
	}
	for _, t := range Tables() {
		b.WriteString(t.Create() + ";\n")
	}
	b.WriteString("insert into ctl.commit select 0 where not exists (select 1 from ctl.commit);\n")
	if _, err := conn.ExecContext(ctx, b.String()); err != nil {
		return lang.Errorf("create the fixed tables: %w", "建立固定表：%w", err)
	}
	return migrate(ctx, conn, from)
}

// Empty deletes all rows of tables, such as the control tables before they
// are written anew.
func Empty(ctx context.Context, conn *sql.Conn, names ...string) error {
	for _, n := range names {
		if _, err := conn.ExecContext(ctx, "delete from "+qualified(n)); err != nil {
			return lang.Errorf("empty %s: %w", "清空 %s：%w", n, err)
		}
	}
	return nil
}

// table reads "name TYPE, name TYPE" as a Table.
func table(name, columns string) Table {
	t := Table{Name: name}
	for _, c := range strings.Split(columns, ",") {
		f := strings.Fields(c)
		t.Columns = append(t.Columns, Column{Name: f[0], SQLType: f[1]})
	}
	return t
}
