package embedded

import "syscall"

// dieWithParent has the kernel stop the child at once when its parent ends.
func dieWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGQUIT }
