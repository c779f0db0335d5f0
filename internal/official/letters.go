package official

import "strconv"

// Report is a text to be sent upwards.
type Report struct {
	Title    string
	Subtitle string
	// Text holds one paragraph per line. A short line that begins with 一、 or
	// （一） and is no sentence is a heading.
	Text      []string
	Signature Signature
	Props     Props
}

// Document lays the report out.
func (r Report) Document() Document {
	d := Document{Title: r.Title, Subtitle: r.Subtitle, Signature: r.Signature, Props: r.Props}
	for _, text := range r.Text {
		for _, l := range lines(text) {
			if level := headingLevel(l); level > 0 {
				d.Blocks = append(d.Blocks, Heading{level, l})
				continue
			}
			d.Blocks = append(d.Blocks, Paragraph{Text: l})
		}
	}
	return d
}

// Item is one overdue matter. Dates are written as they are to be read.
type Item struct {
	Ledger   string // 台账
	No       string // 编号
	Matter   string // 事项
	Assigned string // 交办日期
	Deadline string // 办结时限
	Days     int    // 超期天数
	Progress string // 最近办理情况
}

// Reminder is a 督办单: it asks one unit to finish what is overdue.
type Reminder struct {
	Title     string // 督办单 when empty
	No        string // its own number, under the title
	Unit      string // whom it asks
	AsOf      string // 2022年8月15日
	ReplyBy   string // until when an answer is asked for; may be empty
	Items     []Item
	Signature Signature // who asks
	Props     Props
}

// Document lays the reminder out: the request, the list, the 落款 and room for
// the receipt to be signed.
func (r Reminder) Document() Document {
	title := r.Title
	if title == "" {
		title = "督办单"
	}
	request := "截至" + r.AsOf + "，你单位承办的事项中有" + strconv.Itoa(len(r.Items)) + "项已超过办结时限（见下表）。请逐项查明原因，明确责任人和完成时间，抓紧办理"
	if r.ReplyBy != "" {
		request += "，并于" + r.ReplyBy + "前书面反馈办理情况"
	} else {
		request += "，并及时书面反馈办理情况"
	}
	if len(r.Items) == 0 {
		request = "截至" + r.AsOf + "，你单位承办的事项中没有超过办结时限的"
	}
	table := Table{Columns: []Column{
		{Title: "台账", Width: 5.2},
		{Title: "编号", Width: 5, Align: Center},
		{Title: "事项", Width: 8},
		{Title: "交办日期", Width: 5.9, Align: Center},
		{Title: "办结时限", Width: 5.9, Align: Center},
		{Title: "超期天数", Width: 2.2, Align: Center},
		{Title: "最近办理情况", Width: 5.2},
	}, Empty: "无超期事项"}
	for _, it := range r.Items {
		table.Rows = append(table.Rows, []string{it.Ledger, it.No, it.Matter, it.Assigned, it.Deadline, strconv.Itoa(it.Days), it.Progress})
	}
	d := Document{Title: title, Subtitle: r.No, To: r.Unit, Signature: r.Signature, Props: r.Props}
	d.Blocks = []Block{Paragraph{Text: request + "。"}, table}
	d.Tail = []Block{Form{Rows: []FormRow{
		{Fields: []Field{{Label: "签收人"}, {Label: "签收时间"}, {Label: "联系电话"}}},
		{Fields: []Field{{Label: "办理反馈"}}, Height: 24},
		{Fields: []Field{{Label: "单位负责人（签字）"}, {Label: "反馈时间"}}},
	}}}
	return d
}
