// Package service keeps a zone at work for years with nobody watching: jobs on
// schedule, work that others hand over, signs of life.
//
// Words: a job is something that recurs (see the names in package zone); its
// occurrences follow from its schedule and the present moment alone, never from
// a stored next time; an attempt is one try at an occurrence; an occurrence is
// settled when it was done or skipped (package state). A tick does what is due
// now. An alert is something that somebody has to do something about. Work is
// handed over by commands that find this service to be the zone's owner.
//
// A new job gets its name in zone/jobs.go; here, in jobs.go, what it is called, when
// it is done where nobody says, and a line of jobTable with the method that does it.
// A new alert goes into alerts.go.
package service
