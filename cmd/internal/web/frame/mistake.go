package frame

import "strings"

// Mistake is what is wrong with what somebody typed.
type Mistake struct {
	At   string // id of the field where it is; "" where it is at none
	Says string
}

// Mistakes are told above a form, each with a link to its field, and at the field again.
type Mistakes []Mistake

// Of are the mistakes at one field, as it tells them.
func (m Mistakes) Of(at string) Mistake {
	var says []string
	for _, x := range m {
		if x.At == at {
			says = append(says, x.Says)
		}
	}
	return Mistake{at, strings.Join(says, "")}
}

// MistakesOf are what a fault says of the form whose fields' ids begin with a prefix.
func MistakesOf(f *Fault, prefix string) Mistakes {
	if f.at == "" {
		return Mistakes{{Says: f.Says}}
	}
	return Mistakes{{prefix + f.at, f.Says}}
}
