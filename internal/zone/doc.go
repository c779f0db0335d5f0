// Package zone reads taizhang.yaml, the declaration of one zone: its
// submitters, who owes which return by when, its targets and its folders.
//
// The words it uses:
//
//   - a zone (园区) is one office with its submitters and one folder of files;
//   - a submitter (填报单位) is a department or a street; it has a code for
//     tables, a name for people, and aliases that senders write;
//   - a due rule says when the return of a period must be there: on a day of
//     the following week, of the period's own week ("this"), or a number of
//     (working) days after the month;
//   - an obligation is one submitter, one form, one period, and the moment it
//     is due; a due day that is not worked moves to the next working day, same
//     hour (节假日顺延);
//   - a bare date is a date on a return that names no period; PeriodFor says
//     which period is meant.
//
// A wrong configuration is refused as a whole: every fault with file, line and
// column, all faults together.
//
// A new setting is read in parse.go, beside its keys, and shown in sample.yaml; one
// that is changed in a browser is a field of a part in cmd/internal/web/settings too.
package zone
