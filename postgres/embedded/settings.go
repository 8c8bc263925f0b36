package embedded

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// settings writes the server's whole postgresql.conf, anew at each start, so
// that a newer gateway brings newer settings. local.conf, beside the data, is
// the operator's and comes last.
func (c *Cluster) settings() string {
	durable := "on"
	if c.opts.Volatile {
		durable = "off"
	}
	lines := []string{
		"# Written at each start. Put settings of your own into " + filepath.Join(c.home, "local.conf"),
		"listen_addresses = ''",
		"unix_socket_directories = " + quote(c.socketDir),
		"unix_socket_permissions = 0700",
		fmt.Sprintf("port = %d", socketPort),
		fmt.Sprintf("max_connections = %d", c.opts.MaxConnections),
		fmt.Sprintf("shared_buffers = %dMB", c.sharedBuffers()),
		"max_wal_size = 2GB",
		"checkpoint_timeout = 15min",
		"synchronous_commit = " + durable,
		"fsync = " + durable,
		"full_page_writes = " + durable,
		"jit = off", // compiling costs more than our short statements take
		"timezone = 'UTC'",
		// No text and no phone number may reach the log: neither parameters,
		// nor DETAIL with its key values, nor the statement that failed.
		"log_timezone = 'UTC'",
		"log_error_verbosity = terse",
		"log_parameter_max_length = 0",
		"log_parameter_max_length_on_error = 0",
		"log_min_error_statement = panic",
		"log_statement = none",
		"log_checkpoints = off",
		"log_line_prefix = '%m [%p] %e '",
		"include_if_exists = " + quote(filepath.Join(c.home, "local.conf")),
	}
	return strings.Join(lines, "\n") + "\n"
}

// quote writes a string of a configuration file.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

const (
	minBuffers = 64  // MB
	maxBuffers = 512 // MB; more helps little: the system caches files as well
)

// sharedBuffers is an eighth of the memory within bounds, in MB.
func (c *Cluster) sharedBuffers() int {
	if c.opts.Volatile {
		return minBuffers
	}
	return min(max(totalMemory()/8, minBuffers), maxBuffers)
}

// totalMemory returns the machine's memory in MB, 0 where that is not known.
func totalMemory() int {
	raw, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0
	}
	var kb int
	if _, err := fmt.Sscanf(string(raw), "MemTotal: %d kB", &kb); err != nil {
		return 0
	}
	return kb / 1024
}
