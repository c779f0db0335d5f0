// Package mart builds the tables of figures: mart.metric, every metric as of
// the publication's date, and mart.metric_week, every metric by week, as known
// then and as known now.
//
// Words: a week has a basis, then (known at its end) or now; an origin is what
// the weeks of a fact follow from, other than returns and decisions; news is
// what changed since the weeks were computed; a job is a fact with the weeks
// that must be computed anew.
package mart
