package official

// The page of GB/T 9704-2012, 5.2: A4, 天头 37 mm, 订口 28 mm, 版心 156 × 225 mm.
const (
	pageWidth    = 11906
	pageHeight   = 16838
	marginTop    = 2098 // 37 mm
	marginLeft   = 1587 // 28 mm
	marginRight  = 1474 // 26 mm
	marginBottom = 1984 // 35 mm
	textWidth    = pageWidth - marginLeft - marginRight

	// 22 lines in 225 mm. Lines are set exactly as high as the grid, so that 22 of
	// them fit in whatever font is found and whatever program reads the file.
	linePitch = 579
	// 28 characters in 156 mm are 15.79 points each, a fifth of a point closer than
	// 三号 sets them; in 4096ths of a point. The section declares the grid, but text
	// does not hang on it: LibreOffice gives a character that is wider than a cell
	// two cells, and half of the page. Letters are set closer by 0.3 points
	// instead, which all programs do alike (0.25 would do but for rounding).
	charSpace = -849
	closer    = -6
	bodyChar  = sizeBody*10 + closer // width of a character of 三号 as set

	// The page number is 四号, its dashes 7 mm below the type area.
	footerFromEdge = 1430
	footerLine     = 320
)

// Sizes in half points: 二号, 三号, 四号, and 五号 for tables.
const (
	sizeTitle  = 44
	sizeBody   = 32
	sizeNumber = 28
	sizeTable  = 21
)

const (
	tableLine = 300 // height of a line in a table
	cellPad   = 60  // left and right in a cell
)

func twips(mm float64) int { return int(mm*1440/25.4 + 0.5) }

// font is a typeface by the name the standard gives it, and what may stand for it.
type font struct {
	name   string
	alt    string // names to take instead, nearest first
	panose string
	family string
	pitch  string
}

var (
	xiaobiaosong = font{"方正小标宋简体", "方正小标宋_GBK,FZXiaoBiaoSong-B05S,华文中宋,STZhongsong,宋体,SimSun,Noto Serif CJK SC", "02010601030101010101", "auto", "variable"}
	fangsong     = font{"仿宋_GB2312", "仿宋,FangSong,华文仿宋,STFangsong,方正仿宋_GBK,Noto Serif CJK SC", "02010609030101010101", "modern", "fixed"}
	kaiti        = font{"楷体_GB2312", "楷体,KaiTi,华文楷体,STKaiti,方正楷体_GBK,AR PL UKai CN,Noto Serif CJK SC", "02010609030101010101", "modern", "fixed"}
	heiti        = font{"黑体", "SimHei,华文黑体,STHeiti,方正黑体_GBK,Noto Sans CJK SC", "02010609060101010101", "modern", "fixed"}
	songti       = font{"宋体", "SimSun,新宋体,NSimSun,华文宋体,STSong,Noto Serif CJK SC", "02010600030101010101", "auto", "variable"}
)

var fonts = []font{fangsong, heiti, kaiti, xiaobiaosong, songti}
