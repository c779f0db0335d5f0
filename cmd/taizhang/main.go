// Command taizhang (台账) takes in the Excel returns of a development zone's
// departments and streets, turns them into figures and writes the weekly summary.
package main

import "os"

func main() {
	spareCollection()
	os.Exit((&app{ends: true}).run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
