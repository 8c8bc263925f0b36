// Command repartee is the gateway: one binary, a file per subcommand, no logic
// of its own. It owns the command line, exit codes and the wording of failures:
// one sentence on standard error that says what to do.
package main

import "os"

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }
