// Package official writes 公文: .docx files laid out as GB/T 9704-2012 wants
// them. It knows nothing of what the text is about.
//
// Words: a Document has a Title, an optional Subtitle, an addressee (To, 主送),
// Blocks and a Signature (落款). A block is a Heading, a Paragraph, a Table
// (rows under a header) or a Form (labelled fields to be filled in by hand).
// The type area (版心) is 156 × 225 mm, 22 lines of 28 characters of 三号; all
// sizes below are in twips (1/20 point) unless they say otherwise.
//
// The file is made of the parts it takes and no others: no macro, no external
// link, no embedded font. Fonts are named as the standard names them, and the
// font table lists what to take where they are missing. The same Document gives
// the same bytes.
package official
