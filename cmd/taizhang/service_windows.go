package main

import (
	"errors"

	"golang.org/x/sys/windows"
)

// isDenied says whether the system's services refuse this user.
func isDenied(err error) bool { return errors.Is(err, windows.ERROR_ACCESS_DENIED) }
