// Package demo is the demo shop: the same files that a customer would write,
// inside the binary so that `repartee demo` needs nothing else.
//
// It owns the files and no code. It must not import other packages of this
// module. Broken files are found by the test that applies them.
package demo

import "embed"

// Files holds shop.yaml and the flows that it names.
//
//go:embed shop.yaml flows/*.yaml
var Files embed.FS
