// Package data is the demo zone 湘潭高新区: what its offices sent from December
// 2021 to 15 August 2022, and the figures that must come out of it.
//
// Words: the truth is what happened, kept as readable tables in truth/*.csv, one
// row per problem, payment, fair and so on with the dates of its life. A part is
// one form of one submitter and period as it was sent: the rows that follow from
// the truth on the part's state day (ledgers) or that are dated in its period. A
// layout is how one office lays out one form: titles, headings, units, formats,
// footers. A book is one file: one or more parts written in their layouts. A
// delivery is a book with its place in the inbox and the moment it arrived. A
// trouble is a book that isn't as it should be; its note says how.
//
// Nothing here knows how returns are read: the package imports neither the forms
// nor the intake. Figures computes the metrics a second time, straight from the
// parts, so that the two ways can be compared.
//
// # Synthetic identities
//
// Enterprises, codes and persons are invented, apart from the short names of
// firms and the bank in the published article (立发釉彩, 瑞湘环保, 胜利钢管, 长沙银行).
// Social credit codes (GB 32100-2015) start with 91990304: area codes with 99
// belong to no province in GB/T 2260, so no real entity holds one. Both their
// check characters (ninth of the organisation part, eighteenth of all) are valid.
// Identity numbers (GB 11643-1999) start with 990304 for the same reason. Phones
// start with 154, a segment that no operator had been given in 2022.
package data
