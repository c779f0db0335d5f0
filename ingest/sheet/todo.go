package sheet

import "github.com/richardlehane/mscfb"

func (b *biffBook) decrypt(r record) error { return refuse(Password, "filepass") }
func openEncrypted(data []byte, root map[string]*mscfb.File, lim Limits) (*Book, error) {
	return nil, refuse(Password, "ooxml")
}
func openODS(p *pack, lim Limits) (*Book, error) { return nil, refuse(Unsupported, "todo") }
func openXML2003(data []byte, lim Limits) (*Book, error) {
	return nil, refuse(Unsupported, "todo")
}
func openHTML(data []byte, cs charset, lim Limits) (*Book, error) {
	return nil, refuse(Unsupported, "todo")
}
func isHTML(head []byte) bool { return false }
