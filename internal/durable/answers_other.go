//go:build !windows

package durable

// common gives an error of the system its common name: here it has it.
func common(err error) error { return err }
