package office

import (
	"strings"

	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// IsHinted says whether an error tells already what to do.
func IsHinted(err error) bool {
	return strings.Contains(lang.In(err, lang.English), "\nhint:") || strings.Contains(lang.In(err, lang.Chinese), "\n建议：")
}

// remedied adds to an error of the engine or of a disk what the operator can do.
func remedied(err error, then lang.Text) error {
	if err == nil || IsHinted(err) {
		return err
	}
	if warehouse.IsEngineFault(err) && warehouse.IsDamage(err) { // whatever statement met it says nothing to an operator
		return &damagedError{err, then}
	}
	if what := warehouse.Remedy(err); what != (lang.Text{}) {
		return lang.Errorf("%w\nhint: %s%s", "%w\n建议：%s%s", err, what, then)
	}
	return err
}

// damagedError says of a damaged warehouse what to do, without the statement that met it.
type damagedError struct {
	err  error
	then lang.Text
}

func (e *damagedError) Error() string { return e.In(lang.Spoken()) }

func (e *damagedError) In(l lang.Language) string {
	first, _, _ := strings.Cut(lang.In(e.err, l), "\n")
	return lang.Say("the warehouse is damaged: %s\nhint: make it anew from the archive with: taizhang rebuild%s",
		"数据库已损坏：%s\n建议：由档案重新生成：taizhang rebuild%s", first, e.then).In(l)
}

func (e *damagedError) Unwrap() error { return e.err }

func FirstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
