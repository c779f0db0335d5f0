//go:build !linux

package backup

import "os"

// readMedium reads a file.
func readMedium(path string) ([]byte, error) { return os.ReadFile(path) }
