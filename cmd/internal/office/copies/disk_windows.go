package copies

import (
	"path/filepath"
	"strings"
)

// sameDisk says whether two paths are on the same volume.
func sameDisk(a, b string) bool {
	return strings.EqualFold(filepath.VolumeName(a), filepath.VolumeName(b))
}
