package office

// FreeBytes is the room that is left where a path lies; -1 where it can't be told.
func FreeBytes(path string) int64 {
	bytes, _ := freeBytes(path)
	return bytes
}
