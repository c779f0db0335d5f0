// Package structure holds no code of the program: its tests keep the tree as
// docs/design.md says it is. A room is a package with a line in the design;
// its row in docs/imports.md says what it may import.
package structure
