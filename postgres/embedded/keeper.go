package embedded

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// KeeperCommand is the first argument with which the binary becomes a keeper;
// the second is for [Keep]. A program that calls [Open] must handle it.
const KeeperCommand = "keep-postgres"

// keeperEnv marks the keeper's environment: a program that does not handle
// KeeperCommand would otherwise run itself, and start keepers, without end.
const keeperEnv = "REPARTEE_KEEPER"

const (
	startLimit = 60 * time.Second // the first start makes the data folder; recovery takes a while
	stopLimit  = 30 * time.Second
	checkEvery = 250 * time.Millisecond
)

// keeper owns the server of one data folder.
type keeper struct {
	folder  folder
	opts    Options
	cluster *Cluster
	users   *lock
	start   *lock
	self    *lock     // held as long as the keeper lives
	started time.Time // of the last restart
}

// Keep runs the keeper until the server has been stopped: the body of
// KeeperCommand, whose argument it takes. It reports through a pipe to the
// command that started it, and returns what went wrong later.
func Keep(argument string) error {
	if os.Getenv(keeperEnv) == "" {
		return errors.New("this command is started by the others when they need the private PostgreSQL; there is no use in calling it")
	}
	const inherited = 3 // the first of exec.Cmd's ExtraFiles
	syscall.CloseOnExec(inherited)
	ready := os.NewFile(inherited, "ready")
	k, err := newKeeper(argument)
	if err == nil {
		err = k.startCluster()
	}
	if err := report(ready, err); err != nil {
		return err
	}
	if err != nil {
		return err
	}
	return k.watch()
}

// report tells the starting command how it went: nothing for success.
func report(ready *os.File, result error) error {
	if result != nil {
		if _, err := ready.WriteString(result.Error()); err != nil {
			return errors.Join(result, err)
		}
	} else if _, err := ready.WriteString(readyWord); err != nil {
		return fmt.Errorf("report to the command that started the keeper: %w", err)
	}
	return ready.Close()
}

func newKeeper(argument string) (*keeper, error) {
	k := &keeper{}
	if err := json.Unmarshal([]byte(argument), &k.opts); err != nil {
		return nil, fmt.Errorf("the keeper's argument: %w", err)
	}
	k.folder = folder(k.opts.DataDir)
	for _, l := range []struct {
		name string
		lock **lock
	}{{usersLock, &k.users}, {startLock, &k.start}, {keeperLock, &k.self}} {
		opened, err := openLock(k.folder.path(l.name))
		if err != nil {
			return nil, err
		}
		*l.lock = opened
	}
	// Commands look for a keeper by trying its lock: wait for those.
	probes, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := k.self.take(probes, syscall.LOCK_EX); err != nil {
		return nil, fmt.Errorf("another keeper has this data folder: %w", err)
	}
	// For whoever looks after a server that does not stop.
	if _, err := k.self.file.WriteAt(fmt.Appendf(nil, "%d\n", os.Getpid()), 0); err != nil {
		return nil, fmt.Errorf("note the keeper's process: %w", err)
	}
	home, err := k.folder.home()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute) // a download may be needed
	defer cancel()
	k.cluster, err = NewCluster(ctx, ClusterOptions{
		Home: home, BinDir: k.opts.BinDir, Volatile: k.opts.Volatile, MaxConnections: k.opts.MaxConnections,
	})
	return k, err
}

// watch keeps the server running while somebody uses it.
func (k *keeper) watch() error {
	signal.Ignore(syscall.SIGINT, syscall.SIGHUP, syscall.SIGPIPE)
	terminate := make(chan os.Signal, 1)
	signal.Notify(terminate, syscall.SIGTERM)
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	idle := idleClock{linger: k.opts.Linger}
	for {
		select {
		case <-terminate:
			return k.stop(false)
		case <-k.cluster.Done():
			if !k.folder.same(k.users) {
				return nil // removed with the server in it
			}
			if err := k.restart(); err != nil {
				return err
			}
		case now := <-tick.C:
			if !k.folder.same(k.users) {
				return k.stop(true) // the folder was removed: nothing to keep
			}
			used, err := k.used()
			if err != nil {
				return errors.Join(err, k.stop(false))
			}
			if !idle.over(now, used) {
				continue
			}
			if done, err := k.retire(); done || err != nil {
				return err
			}
		}
	}
}

// used tells whether any command holds the users lock.
func (k *keeper) used() (bool, error) {
	free, err := k.users.try(syscall.LOCK_EX)
	if err != nil || !free {
		return true, err
	}
	return false, k.users.release()
}

// retire stops the server unless a command came in between. Under the start
// lock no command can conclude that the server is there.
func (k *keeper) retire() (bool, error) {
	if free, err := k.start.try(syscall.LOCK_EX); err != nil || !free {
		return false, err
	}
	if used, err := k.used(); err != nil || used {
		return false, errors.Join(err, k.start.release())
	}
	// Whoever gets the start lock next must not take us for a keeper.
	return true, errors.Join(k.stop(false), k.self.release())
}

func (k *keeper) stop(immediate bool) error {
	ctx, cancel := context.WithTimeout(context.Background(), stopLimit)
	defer cancel()
	return k.cluster.Stop(ctx, immediate)
}

// restart starts a server that ended by itself, with a pause where it ends
// again and again, and gives up when it does not come up at all.
func (k *keeper) restart() (err error) {
	const attempts, pause = 5, time.Second
	for range attempts {
		if time.Since(k.started) < pause {
			time.Sleep(pause)
		}
		k.started = time.Now()
		if err = k.startCluster(); err == nil {
			return nil
		}
	}
	return err
}

func (k *keeper) startCluster() error {
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	return k.cluster.Start(ctx)
}

// idleClock measures for how long nobody has used the server.
type idleClock struct {
	linger time.Duration
	since  time.Time
}

// over tells whether the server has been unused for long enough.
func (c *idleClock) over(now time.Time, used bool) bool {
	if used {
		c.since = time.Time{}
		return false
	}
	if c.since.IsZero() {
		c.since = now
	}
	return now.Sub(c.since) >= c.linger
}
