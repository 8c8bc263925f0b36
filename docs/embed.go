// Package docs holds the pages of the manual that the program itself shows: the
// reference of the configuration describes its keys in forms and in the API.
//
// It owns no code. It must not import other packages of this module.
package docs

import _ "embed"

// Apply is the reference of the configuration, docs/apply.md.
//
//go:embed apply.md
var Apply string
