package doctor

import (
	"context"
	"errors"

	"taizhang/cmd/internal/office"
	"taizhang/internal/archive"
	"taizhang/queries"
)

// declared says of the declarations what a run would: whether it would take them, and what of them nothing reads.
func (d *doctor) declared(ctx context.Context) error {
	z, faulty := d.z, false
	fault := func(err error) {
		if err != nil {
			faulty = true
			d.add("declarations", Faulty, "", "", "%[1]v", "%[1]v", err)
		}
	}
	var refusal *office.Refusal
	if err := d.moved(); errors.As(err, &refusal) { // else the journal: told by those who look at it
		fault(err)
	}
	if _, err := z.CurrentAt(d.o.Clock(), 0); err != nil {
		fault(err)
	} else {
		fault(z.TryDeclared(ctx))
		if !z.Joined {
			fault(z.RefuseTypes(ctx))
		}
		_, err := z.Weekly()
		fault(err)
		_, err = queries.SavedQueries(z.SavedQueries())
		fault(err)
	}
	for _, u := range z.Unread() {
		d.add("declarations", Warned, u.Path, "", "%[1]s", "%[1]s", u.Say())
	}
	if !faulty {
		d.add("declarations", Sound, "", "", "%[1]s: %[2]d units, %[3]d forms", "%[1]s：%[2]d个单位，%[3]d种报表", z.Name, len(z.Submitters), len(z.Forms.Forms))
	}
	return ctx.Err()
}

// moved is refuseMoved by the journal as it lies there.
func (d *doctor) moved() error {
	a, err := archive.View(d.z.Archive())
	if err != nil {
		return err
	}
	declared, arrived := "", false
	for e, err := range a.All() {
		if err != nil {
			return err
		}
		switch e.Event {
		case archive.Declare:
			declared = e.Hash
		case archive.Arrive:
			arrived = true
		}
	}
	if !arrived {
		return nil
	}
	return d.z.RefuseMovedFrom(a, declared)
}

// heldBack tells of figures that the last run didn't publish, and of an earlier publication put up again.
func (d *doctor) heldBack(rel string) bool {
	r, _, err := d.z.Read()
	if err != nil {
		d.add("published", Faulty, rel, d.command("run"), "%[1]v", "%[1]v", office.FirstLine(err))
		return true
	}
	defer r.Close()
	n := r.HeldBack()
	if n > 0 {
		d.add("published", Faulty, rel, d.command("sql @failed"), "newer figures are held back: %[1]d checks failed in the last run, these are the figures before it", "有更新的数字没有发布：最近一次运行有%[1]d项检查未通过，这里仍是此前的数字", n)
	}
	if said := d.z.RollbackNote(); said != nil {
		d.add("published", Warned, rel, d.command(office.PublishAnew), "%[1]s", "%[1]s", said)
		return true
	}
	return n > 0
}
