package main

import (
	"errors"

	"golang.org/x/sys/windows"
)

// isDenied says whether the system's services refuse this user.
func isDenied(err error) bool { return errors.Is(err, windows.ERROR_ACCESS_DENIED) }

// isRefused says whether nobody listens at an address. syscall.ECONNREFUSED is a number that Windows never gives.
func isRefused(err error) bool { return errors.Is(err, windows.WSAECONNREFUSED) }

// isTaken says whether a port is somebody else's; the system itself keeps some of them.
func isTaken(err error) bool {
	return errors.Is(err, windows.WSAEADDRINUSE) || errors.Is(err, windows.WSAEACCES)
}
