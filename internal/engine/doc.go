// Package engine asks another engine than the embedded one: Trino, which runs the same texts over a lake.
//
// Words: the coordinator is the server that is asked. A run schema holds what one run built there, under names that begin
// with the layer (core_fct_problem), with the business date and known-at time that it was built for. The pointer is the view
// that names the run schema which counts: a reader asks it once and reads that schema alone, so that what it reads is of one
// run. To publish a run is to swap the views that other programs read, and then the pointer.
package engine
