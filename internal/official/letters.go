package official

import (
	"slices"
	"strconv"
)

// Report is a text to be sent upwards.
type Report struct {
	Title     string
	Subtitle  string
	Blocks    []Block // see [Lines]
	Signature Signature
	Props     Props
}

// Document lays the report out.
func (r Report) Document() Document {
	return Document{Title: r.Title, Subtitle: r.Subtitle, Blocks: r.Blocks, Signature: r.Signature, Props: r.Props}
}

// Lines makes blocks of text, one paragraph a line. A short line that begins with 一、 or （一） and is no sentence is a
// heading.
func Lines(text string) (blocks []Block) {
	for _, l := range lines(text) {
		if level := headingLevel(l); level > 0 {
			blocks = append(blocks, Heading{level, l})
			continue
		}
		blocks = append(blocks, Paragraph{Text: l})
	}
	return blocks
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
	Person   string // 责任人; empty where the ledger doesn't name one
}

// Reminder is a 督办单: it asks one unit to finish what is overdue.
type Reminder struct {
	Title     string // 督办单 when empty
	No        string // its own number, under the title
	Unit      string // whom it asks
	AsOf      string // 2022年8月15日
	ReplyBy   string // until when an answer is asked for; may be empty
	Notice    string // what the reader must know of how up to date the list is; may be empty
	Items     []Item
	Signature Signature // who asks
	Props     Props
}

// personByHand stands where 责任人 isn't known: room to write on, and that it is to be written there.
const personByHand = "______\n（手填）"

// Document lays the reminder out: the request, the list, the 落款 and room for
// the receipt to be signed.
func (r Reminder) Document() Document {
	title := r.Title
	if title == "" {
		title = "督办单"
	}
	byHand := slices.ContainsFunc(r.Items, func(it Item) bool { return it.Person == "" })
	request := "截至" + r.AsOf + "，你单位承办的事项中有" + strconv.Itoa(len(r.Items)) + "项已超过办结时限（见下表）。请逐项查明原因，明确责任人和完成时间，抓紧办理，在表内逐项填写反馈"
	if r.ReplyBy != "" {
		request += "，并于" + r.ReplyBy + "前报送本单"
	} else {
		request += "，并及时报送本单"
	}
	if byHand {
		request += "。台账未载明责任人的，请在责任人栏横线上手工填写"
	}
	if len(r.Items) == 0 {
		request = "截至" + r.AsOf + "，你单位承办的事项中没有超过办结时限的"
	}
	table := Table{Columns: []Column{
		{Title: "序号", Width: 1.8, Align: Center},
		{Title: "台账及编号", Width: 5, Align: Center},
		{Title: "事项", Width: 9},
		{Title: "交办日期\n办结时限", Width: 6.6, Align: Center},
		{Title: "超期天数", Width: 2.2, Align: Center},
		{Title: "最近办理情况", Width: 8.5},
		{Title: "责任人", Width: 4.3, Align: Center},
	}, Empty: "无超期事项", Answer: "反馈（原因、措施、完成时间）："}
	for i, it := range r.Items {
		person := it.Person
		if person == "" {
			person = personByHand
		}
		table.Rows = append(table.Rows, []string{strconv.Itoa(i + 1), it.Ledger + "\n" + it.No, it.Matter, it.Assigned + "\n" + it.Deadline, strconv.Itoa(it.Days), it.Progress, person, ""})
	}
	d := Document{Title: title, Subtitle: r.No, To: r.Unit, Signature: r.Signature, Props: r.Props}
	d.Blocks = []Block{Paragraph{Text: request + "。"}}
	if r.Notice != "" {
		d.Blocks = append(d.Blocks, Paragraph{Text: r.Notice})
	}
	d.Blocks = append(d.Blocks, table)
	d.Tail = []Block{Form{Rows: []FormRow{
		{Fields: []Field{{Label: "签收人"}, {Label: "签收时间"}, {Label: "联系电话"}}},
		{Fields: []Field{{Label: "其他说明"}}, Height: 16},
		{Fields: []Field{{Label: "单位负责人（签字）"}, {Label: "反馈时间"}}},
	}}}
	return d
}
