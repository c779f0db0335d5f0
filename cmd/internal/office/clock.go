package office

import (
	"time"

	"taizhang/internal/archive"
	"taizhang/internal/lang"
)

// Unsteady is by how much a clock may be set back without a word: time servers do, and arrivals then count as received
// with the last one before.
const Unsteady = 5 * time.Minute

// timely gives the time at which what the clock gives now counts as received, never before the last arrival. A clock that
// is further behind was wrong then or is wrong now, and which return counts depends on it: it is refused until somebody
// says that it is right.
func (z *Zone) timely(a *archive.Archive, o *Options) (time.Time, error) {
	now := o.Clock()
	last, err := a.LastAt()
	if err != nil {
		return now, err
	}
	switch behind := last.Sub(now); {
	case behind <= 0 || o.ClockOK:
		return now, nil
	case behind <= Unsteady:
		o.Log.Warn(lang.Phrase("the clock was set back: what comes now counts as received with the last return", "时钟被拨回：现在收到的按最后一份报表的时间计"), "clock", now, "last", last)
		return last, nil
	default:
		return now, refuse("the clock says %s, but the last return or decision is of %s: the clock is wrong now, or was wrong then\nhint: set the clock of this computer right; if it is right now, say so: --clock-ok", "时钟显示 %s，但最后一份报表或决定是 %s 的：时钟现在不准，或当时不准\n建议：校准本机时钟；如果现在是准的，请加 --clock-ok",
			now.In(z.Location).Format("2006-01-02 15:04"), last.In(z.Location).Format("2006-01-02 15:04"))
	}
}

// knownAt gives the time of a publication. By a clock that is before the last arrival, returns would be of the future and
// not count, and figures be those of an earlier day: it is refused like an arrival, but where everything is made anew
// because somebody asked for it.
func (z *Zone) knownAt(a *archive.Archive, o *Options) (time.Time, error) {
	now, err := z.timely(a, o)
	if err != nil && o.Rebuild {
		last, _ := a.LastAt() // timely has read it
		o.Log.Warn(lang.Phrase("figures are published by a clock that is before the last return or decision", "发布数字时，时钟早于最后一份报表或决定"), "clock", now, "last", last)
		return now, nil
	}
	return now, err
}

// refuseMoved refuses another code or time zone than that by which returns were taken in: they would be counted by
// neither, or at other hours than they came.
func (z *Zone) refuseMoved(a *archive.Archive) error {
	if len(a.Arrivals()) == 0 {
		return nil
	}
	return z.RefuseMovedFrom(a, a.Declared())
}

// RefuseMovedFrom is refuseMoved for the declarations of a hash, those in force when returns were taken in last.
func (z *Zone) RefuseMovedFrom(a *archive.Archive, was string) error {
	if was == "" {
		return nil
	}
	text, err := a.Declaration(was)
	if err != nil {
		return lang.Errorf("read the declarations in force: %w", "读取现行配置：%w", err)
	}
	then, err := z.fromBundle(text)
	switch {
	case err != nil:
		return err
	case then.Code != z.Code:
		return refuse("%s: the zone's code is %q now but was %q when its returns were taken in; set code: %s again", "%s：园区代码现为 %q，但接收报表时为 %q；请改回 code: %s", z.File(), z.Code, then.Code, then.Code)
	case then.Timezone != z.Timezone:
		return refuse("%s: the zone's timezone is %q now but was %q when its returns were taken in; set timezone: %s again", "%s：园区时区现为 %q，但接收报表时为 %q；请改回 timezone: %s", z.File(), z.Timezone, then.Timezone, then.Timezone)
	}
	return nil
}
