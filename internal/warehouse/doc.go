// Package warehouse is the only opener of DuckDB: it opens, locks, loads,
// restates and publishes a zone's warehouse, and knows nothing of forms or metrics.
//
// Words: the warehouse is warehouse.duckdb, owned by one process at a time
// through a lock file beside it; a publication is a checked copy that readers
// open; the fixed tables are those docs/tables.md lists (raw.return, ctl.run …);
// to restate is to evaluate the stored model texts again for other as-of and
// known-at pairs, in temporary tables, over the same typed rows.
package warehouse
