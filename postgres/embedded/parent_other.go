//go:build !linux

package embedded

import "syscall"

// dieWithParent does nothing: other kernels do not offer it.
func dieWithParent(*syscall.SysProcAttr) {}
