// Package trinotest proves that Trino gives the figures that DuckDB gives: its tests (make test-trino) get a Trino server and
// a Java, run a cluster on this machine, load lakes into it, and compare every model, check and figure of both engines.
//
// Words: a cluster is a coordinator and two workers, each a process with folders of its own; the cache is where the server and
// Java stay between runs (TAIZHANG_TRINO_CACHE, else the user's cache folder).
package trinotest
