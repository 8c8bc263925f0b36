package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is the user that the server runs as.
type account struct {
	name     string
	uid, gid uint32
	other    bool // another user than ourselves: we are root
}

// serverAccount returns ourselves, or for root, which PostgreSQL refuses,
// postgres or nobody: the one that owns what is in home already, else the first
// that exists.
func serverAccount(home string) (account, error) {
	if os.Geteuid() != 0 {
		return account{name: "this user", uid: uint32(os.Geteuid()), gid: uint32(os.Getegid())}, nil
	}
	owner, owned := ownerOf(home)
	var found []account
	for _, name := range []string{"postgres", "nobody"} {
		a, err := lookup(name)
		if err != nil {
			continue
		}
		if owned && a.uid == owner {
			return a, nil
		}
		found = append(found, a)
	}
	if len(found) == 0 {
		return account{}, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor nobody: make one with `useradd --system postgres`")
	}
	return found[0], nil
}

func lookup(name string) (account, error) {
	u, err := user.Lookup(name)
	if err != nil {
		return account{}, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return account{}, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return account{name: name, uid: uint32(uid), gid: uint32(gid), other: true}, err
}

// ownerOf returns the user who owns path, false if it does not exist.
func ownerOf(path string) (uint32, bool) {
	info, err := os.Lstat(path)
	if err != nil {
		return 0, false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return stat.Uid, true
}

// sysProcAttr makes a child run as the account, in a session of its own.
func (a account) sysProcAttr() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setsid: true}
	if a.other {
		attr.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid, Groups: []uint32{a.gid}}
	}
	return attr
}

// own makes a folder that only the account can use. An existing one of
// somebody else, or a link, is refused: it may be a trap in a shared folder.
func (a account) own(dir string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o711); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !os.IsExist(err) {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	owner, ok := ownerOf(dir)
	if !info.IsDir() || !ok || (owner != uint32(os.Geteuid()) && owner != a.uid) {
		return fmt.Errorf("%s belongs to somebody else: remove it or name another folder with REPARTEE_DATA_DIR", dir)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return err
	}
	return a.chown(dir)
}

func (a account) chown(path string) error {
	if !a.other {
		return nil
	}
	return os.Lchown(path, int(a.uid), int(a.gid))
}

// reaches tells whether the account can enter dir, which may not exist yet:
// whether it may search every folder above it that does.
func (a account) reaches(dir string) bool {
	for {
		if info, err := os.Stat(dir); err == nil && !a.searches(info) {
			return false
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return true
		}
		dir = parent
	}
}

func (a account) searches(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return false
	}
	switch {
	case stat.Uid == a.uid:
		return info.Mode()&0o100 != 0
	case stat.Gid == a.gid:
		return info.Mode()&0o010 != 0
	default:
		return info.Mode()&0o001 != 0
	}
}
