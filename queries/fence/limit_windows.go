//go:build windows

package fence

// limitProcess: Windows has no limits that a process sets for itself; DuckDB's
// memory limit and the parent's deadline remain.
func limitProcess(int64, float64) error { return nil }
