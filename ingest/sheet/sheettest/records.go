package sheettest

// Records of [MS-XLS] 2.3 that tests write.
const (
	RecEOF        = 0x0a
	RecContinue   = 0x3c
	RecCodePage   = 0x42
	RecBoundSheet = 0x85
	RecMulRK      = 0xbd
	RecXF         = 0xe0
	RecMerged     = 0xe5
	RecSST        = 0xfc
	RecLabelSST   = 0xfd
	RecNumber     = 0x203
	RecLabel      = 0x204
	RecBoolErr    = 0x205
	RecString     = 0x207
	RecRow        = 0x208
	RecRK         = 0x27e
)
