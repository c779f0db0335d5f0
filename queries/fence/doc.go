// Package fence runs SQL that somebody typed, in a process of its own that can
// neither write, reach other files or the network, nor outgrow its limits.
//
// Words: the child is that process, the same program under the argument
// ChildCommand; it gets a request on its standard input and answers in lines.
package fence
