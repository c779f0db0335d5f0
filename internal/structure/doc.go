// Package structure holds no code of the program: its tests keep the tree as
// docs/design.md says it is. A room is a package with a row in the design's
// table; its row says what it may import.
package structure
