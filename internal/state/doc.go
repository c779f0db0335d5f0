// Package state keeps what happened in a zone's service between two starts of
// it: in state.sqlite, beside the warehouse. Figures depend on nothing in it; a
// zone without it is whole.
//
// It also keeps who may log in to the page and who has: only hashes of passwords,
// of tokens and of what browsers hold are in it.
//
// Words: a job has occurrences, the moments for which its schedule asks; a run
// is one attempt at an occurrence, or one by hand, which has none. A run is
// open until it is noted how it ended; one that a kill left open is lost. An
// alert is something that somebody has to do something about; it is raised
// once and ends once. All times are kept in UTC.
//
// The file may be read and written by several processes at once (WAL mode,
// https://www.sqlite.org/wal.html); each change is one small transaction.
package state
