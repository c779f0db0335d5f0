// Command taizhang (台账) takes in the Excel returns of a development zone's
// departments and streets, turns them into figures and writes the weekly summary.
//
// Words: a command is a file of its own, named as it is typed (models plan is in
// models_plan.go), with a method of app that makes it.
//
// A new command is such a file, a place in root or in its parent, and a script in
// testdata/script that shows what it prints and how it fails. What it does belongs
// into the packages below: a command reads flags, asks and writes. A new flag is
// read in its command's file and handed on in the options of what is called.
package main

import "os"

func main() {
	spareCollection()
	os.Exit((&app{ends: true}).run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
