// Package lang knows the two languages that the command line is written in,
// English and Chinese, and which of them is spoken.
//
//   - A text is a sentence in both; values are filled in both the same.
//   - The language spoken is the one that the zone asks for (language: zh),
//     else that of the environment (LC_ALL, LC_MESSAGES, LANG), else that of
//     the system's windows.
//   - An error speaks the language of whoever prints it: In finds the Chinese
//     of errors within others, and of what the system says of files.
//
// It knows nothing of what is said. Package structure's TestBothLanguages holds
// every text complete in both.
package lang
