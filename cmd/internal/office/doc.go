// Package office runs a zone: from the inbox to published figures, in order,
// as the one owner of the zone's warehouse.
//
// Words: the declarations are what the figures depend on beside the returns
// (taizhang.yaml, forms, models, metrics); a run takes in what lies in the
// inbox, builds the models and publishes; a publication is news when returns,
// decisions, declarations or the business day have changed since the last; work
// is what needs the warehouse, open under the zone's lock.
//
// Where to look: what a zone declares in open, declared, configure, control and
// unread; a run in run, work, publication and ledgers; what changes what counts in
// decide and erase; the way back in rebuild, restore, rollback and lost. All of
// these share work and stay together. What only looks at a zone, copies it, or
// talks to another engine, is a room of its own: doctor, copies, trino, meaning.
package office
