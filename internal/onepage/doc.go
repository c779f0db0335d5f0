// Package onepage turns a declared page into one self-contained HTML file that
// reads on a phone (360 px) and prints on one sheet of A4. It knows nothing of
// what the figures are about.
//
// Words: a Page has a head (title, subtitle, coverage line), Cards (one headline
// figure each), Charts and Sentences. All figures of a card come as they are to
// be read; a chart's values are numbers. A Light is always shown with its word,
// a change with its arrow and series with their marks, so that nothing is said
// by colour alone.
//
// The file holds no script and refers to nothing outside itself. Charts are SVG
// drawn by github.com/go-analyze/charts; their text stays text, in whatever
// Chinese face the reader has. The same Page gives the same bytes.
package onepage
