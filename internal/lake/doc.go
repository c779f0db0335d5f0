// Package lake keeps what zones have received as Parquet files in a folder that other engines read.
//
// Words: a lake is such a folder; it holds the raw and control tables of any number of zones. A file of the lake is named by
// the SHA-256 of its content and never written to again; it holds rows of one table, zone and month. The manifest of a zone
// (zones/<code>/manifest.json) names the files that count and is replaced whole: what it doesn't name is no part of the
// lake. A cut is how far an export came (the last arrival and decision): a file holds rows of one cut, so an export writes
// the rows of what came since, and nothing else. The fingerprint of a file tells, without reading it, whether the warehouse
// still has those rows and no others of that table, month and cut. To attach a lake is to give its tables to an engine
// (attach.duckdb.sql, attach.trino.sql).
package lake
