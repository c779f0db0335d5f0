package weekly

import (
	"context"
	"fmt"
	"strings"
	"time"

	"taizhang/internal/calendar"
	"taizhang/internal/lang"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
	"taizhang/internal/zone"
	"taizhang/queries"
)

// notice is a sentence behind the one of coverage.
func notice(s string) string {
	if s == "" {
		return ""
	}
	return "注意：" + strings.TrimRight(s, "。") + "。"
}

// formTitles are the forms' titles by id, without quotes.
func formTitles(ctx context.Context, r *queries.Reader, p warehouse.Point) (map[any]string, error) {
	titles, err := r.SelectAt(ctx, p, "select form, title from ctl.form")
	if err != nil {
		return nil, err
	}
	name := map[any]string{}
	for _, t := range titles.Rows {
		name[t[0]] = strings.NewReplacer("“", "", "”", "").Replace(fmt.Sprint(t[1]))
	}
	return name, nil
}

// titleOf is a return as people name it: 《问题台账》2022年第33周.
func titleOf(names map[any]string, form, period any) string {
	t := "《" + orDash(names[form], fmt.Sprint(form)) + "》"
	if p, err := calendar.ParsePeriod(fmt.Sprint(period)); err == nil {
		return t + p.Chinese()
	}
	return t + fmt.Sprint(period)
}

// Reminders are what each unit is reminded of, by its name: what it owes, and what falls due within ahead of now. A unit
// that has handed everything in has none.
func Reminders(ctx context.Context, r *queries.Reader, p warehouse.Point, now time.Time, ahead time.Duration) (map[string]string, error) {
	names, err := formTitles(ctx, r, p)
	if err != nil {
		return nil, lang.Errorf("remind: %w", "催报：%w", err)
	}
	lines := map[string][]string{}
	add := func(s result.Record, what string) {
		unit := fmt.Sprint(s.Get("submitter"))
		lines[unit] = append(lines[unit], titleOf(names, s.Get("form"), s.Get("period"))+"："+what)
	}
	owed, err := r.Status(ctx, queries.StatusAsk{Point: p, Chased: true})
	if err != nil {
		return nil, lang.Errorf("remind: %w", "催报：%w", err)
	}
	for _, s := range owed {
		due, _ := time.Parse(time.RFC3339, fmt.Sprint(s.Get("due_at")))
		when := due.In(r.Location()).Format("2006-01-02 15:04")
		switch {
		case due.After(now): // of those who were never due yet; they come below
		case s.Get("state") == "missing":
			add(s, "应于"+when+"前报送，尚未收到，请尽快报送。")
		case s.Get("state") == "rejected":
			add(s, "已退回，请按回执更正后重报。")
		}
	}
	all, err := r.Status(ctx, queries.StatusAsk{Point: p, All: true})
	if err != nil {
		return nil, lang.Errorf("remind: %w", "催报：%w", err)
	}
	for _, s := range all {
		due, err := time.Parse(time.RFC3339, fmt.Sprint(s.Get("due_at")))
		if err != nil || !due.After(now) || due.After(now.Add(ahead)) {
			continue
		}
		switch s.Get("state") {
		case "not_due", "missing":
			add(s, "请于"+due.In(r.Location()).Format("2006-01-02 15:04")+"前报送。")
		case "rejected":
			add(s, "已退回，请于"+due.In(r.Location()).Format("2006-01-02 15:04")+"前更正重报。")
		}
	}
	out := map[string]string{}
	for unit, l := range lines {
		out[unit] = fmt.Sprintf("【报送提醒】%s\r\n\r\n%s\r\n\r\n填报请用“%s”。本提醒生成于%s，报送后自动消失。\r\n",
			unit, strings.Join(l, "\r\n"), zone.TemplateName(unit), now.In(r.Location()).Format("2006-01-02 15:04"))
	}
	return out, nil
}

// Remind is the text to paste into the work group: who has not handed in what
// fell due in the week before the point, and when it was due. It is empty where
// nothing is missing.
func Remind(ctx context.Context, r *queries.Reader, p warehouse.Point) (string, error) {
	list, err := r.Status(ctx, queries.StatusAsk{Point: p, Chased: true})
	if err != nil {
		return "", lang.Errorf("remind: %w", "催报：%w", err)
	}
	at := r.At(p)
	name, err := formTitles(ctx, r, p)
	if err != nil {
		return "", lang.Errorf("remind: %w", "催报：%w", err)
	}
	type debt struct {
		form, period any
		state        string
	}
	var units []string
	debts := map[string][]debt{}
	for _, s := range list {
		state := s.Get("state")
		if state != "missing" && state != "rejected" {
			continue
		}
		unit := fmt.Sprint(s.Get("submitter"))
		if debts[unit] == nil {
			units = append(units, unit)
		}
		debts[unit] = append(debts[unit], debt{s.Get("form"), s.Get("period"), fmt.Sprint(state)})
	}
	if len(units) == 0 {
		return "", nil
	}
	var who []string
	for _, u := range units {
		var forms []string
		for _, d := range debts[u] {
			t := titleOf(name, d.form, d.period)
			if d.state == "rejected" {
				t += "（已退回，请更正重报）"
			}
			forms = append(forms, t)
		}
		who = append(who, u+"（"+strings.Join(forms, "、")+"，填“"+zone.TemplateName(u)+"”）")
	}
	// the earlier of the as-of date's end and the known-at time
	moment, since := endOfDay(at.AsOf, r.Location()), chineseDate(at.AsOf)
	if at.KnownAt.Before(moment) {
		moment = at.KnownAt
		since = chineseDate(calendar.Of(moment)) + moment.Format("15:04")
	}
	by, err := remindBy(ctx, r, moment)
	if err != nil {
		return "", lang.Errorf("remind: %w", "催报：%w", err)
	}
	return fmt.Sprintf("【催报】截至%s，以下单位尚未报送：%s，请于%s前报送。", since, strings.Join(who, "；"), by), nil
}

// remindBy is until when what is overdue is asked for: by 17:00 of a working
// day on whose morning it is asked, else by noon of the next working day.
func remindBy(ctx context.Context, r *queries.Reader, moment time.Time) (string, error) {
	morning := moment.Hour() < 12
	from := moment.Format(time.DateOnly)
	t, err := r.SelectAt(ctx, warehouse.Point{}, "select cast(min(day) as varchar) from ctl.calendar where is_workday and day "+
		map[bool]string{true: ">=", false: ">"}[morning]+" date '"+from+"'")
	if err != nil {
		return "", err
	}
	day, hour := moment.AddDate(0, 0, 1), "12:00"
	if len(t.Rows) > 0 {
		if s, ok := t.Rows[0][0].(string); ok {
			if d, err := time.Parse(time.DateOnly, s); err == nil {
				day = d
			}
		}
	}
	if morning && day.Format(time.DateOnly) == from {
		hour = "17:00"
	}
	return chineseDate(calendar.Of(day)) + hour, nil
}
