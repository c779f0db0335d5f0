// Package copies makes backups of a zone: everything that can't be made again,
// copied into a folder elsewhere while the zone is at work.
//
// Words: a set is one backup; the note is what the zone knows of its last whole
// one (office.BackupNote); facts are what a set tells whoever restores it
// (office.Restore).
//
// What else is to be copied becomes a step of copying.all, at the place in the
// order where it belongs to what lies around it.
package copies
