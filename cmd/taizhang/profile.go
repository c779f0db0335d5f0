package main

import (
	"os"
	"runtime/pprof"

	"taizhang/internal/lang"
)

// startProfile begins a CPU profile where --cpuprofile asks for one.
func (a *app) startProfile() error {
	if a.cpuProfile == "" {
		return nil
	}
	f, err := os.Create(a.cpuProfile)
	if err != nil {
		return usagef("--cpuprofile: %w", "--cpuprofile：%w", err)
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		f.Close()
		return lang.Errorf("--cpuprofile: %w", "--cpuprofile：%w", err)
	}
	a.profile = f
	return nil
}

// stopProfile ends it, however the command ended.
func (a *app) stopProfile() error {
	if a.profile == nil {
		return nil
	}
	pprof.StopCPUProfile()
	if err := a.profile.Close(); err != nil {
		return lang.Errorf("--cpuprofile: %w", "--cpuprofile：%w", err)
	}
	return nil
}
