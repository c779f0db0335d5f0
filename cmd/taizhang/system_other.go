//go:build !windows

package main

import (
	"errors"
	"os"
	"syscall"
)

// isDenied says whether the system's services refuse this user: their own programs say so in words only.
func isDenied(err error) bool { return errors.Is(err, syscall.EPERM) || os.Geteuid() != 0 }

// isRefused says whether nobody listens at an address.
func isRefused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }

// isTaken says whether a port is somebody else's.
func isTaken(err error) bool { return errors.Is(err, syscall.EADDRINUSE) }
