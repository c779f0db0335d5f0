package web

import "strings"

// mistake is what is wrong with what somebody typed.
type mistake struct {
	At   string // id of the field where it is; "" where it is at none
	Says string
}

// mistakes are told above a form, each with a link to its field, and at the field again.
type mistakes []mistake

// Of are the mistakes at one field, as it tells them.
func (m mistakes) Of(at string) mistake {
	var says []string
	for _, x := range m {
		if x.At == at {
			says = append(says, x.Says)
		}
	}
	return mistake{at, strings.Join(says, "")}
}

// mistakesOf are what a fault says of the form whose fields' ids begin with a prefix.
func mistakesOf(f *fault, prefix string) mistakes {
	if f.at == "" {
		return mistakes{{Says: f.says}}
	}
	return mistakes{{prefix + f.at, f.says}}
}
