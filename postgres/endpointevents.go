package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"repartee/endpoints"
)

// eventSource is a table whose changes are events. The trigger that notes them
// in their own transaction is there only while an endpoint wants one of them:
// the message path has nothing more to do as long as there is none.
type eventSource struct {
	table, change string // INSERT or UPDATE
	types         []endpoints.Type
}

var eventSources = []eventSource{
	{"inbound", "INSERT", []endpoints.Type{endpoints.MessageReceived}},
	{"outbound", "INSERT", []endpoints.Type{endpoints.MessageFailed}},
	{"outbound", "UPDATE", []endpoints.Type{endpoints.MessageSent, endpoints.MessageDelivered, endpoints.MessageFailed}},
	{"conversations", "UPDATE", []endpoints.Type{endpoints.ConversationEnded}},
	{"consent_ledger", "INSERT", []endpoints.Type{endpoints.ConsentChanged}},
	{"orders", "INSERT", []endpoints.Type{endpoints.OrderPlaced}},
	{"orders", "UPDATE", []endpoints.Type{endpoints.OrderChanged}},
	{"coupons", "UPDATE", []endpoints.Type{endpoints.CouponRedeemed}},
}

// trigger is the source's trigger, and the function of the same name is what it calls.
func (s *eventSource) trigger() string {
	return "endpoint_events_" + s.table + "_" + strings.ToLower(s.change)
}

// create is the statement that makes the trigger for those types.
func (s *eventSource) create(types []endpoints.Type) string {
	tables := "NEW TABLE AS added"
	if s.change == "UPDATE" {
		tables = "OLD TABLE AS before " + tables
	}
	arguments := make([]string, len(types))
	for i, t := range types {
		arguments[i] = "'" + string(t) + "'" // one of ours
	}
	return fmt.Sprintf("CREATE OR REPLACE TRIGGER %[1]s AFTER %[2]s ON %[3]s REFERENCING %[4]s FOR EACH STATEMENT EXECUTE FUNCTION %[1]s(%[5]s)",
		s.trigger(), s.change, s.table, tables, strings.Join(arguments, ", "))
}

// wants are the types of the source that are among those wanted.
func (s *eventSource) wants(wanted []endpoints.Type) (types []endpoints.Type) {
	for _, t := range s.types {
		if slices.Contains(wanted, t) {
			types = append(types, t)
		}
	}
	return types
}

const (
	sqlWantedEvents = `SELECT DISTINCT unnest(events) FROM endpoints WHERE disabled_at IS NULL`

	// The arguments of a trigger are kept with an octet zero behind each.
	sqlTriggers = `SELECT t.tgname::text, string_to_array(rtrim(encode(t.tgargs, 'escape'), '\000'), '\000') FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = current_schema()::regnamespace AND t.tgname LIKE 'endpoint\_events\_%' AND t.tgparentid = 0`

	// A trigger waits for the transactions on its table, and new ones wait behind it: it gives up long before PostgreSQL
	// would look for a deadlock, and holds one table at a time.
	sqlTriggerPatience = `SET LOCAL lock_timeout = '300ms'`
	triggerTries       = 10
)

// Follow makes the triggers as the endpoints want them now.
func (s *EndpointStore) Follow(ctx context.Context) error {
	s.following.Lock()
	defer s.following.Unlock()
	return s.follow(ctx, nil)
}

// unfollow drops the triggers that no endpoint wants any more. A table that is
// busy keeps its trigger until the next time: what it notes is told to nobody.
func (s *EndpointStore) unfollow(ctx context.Context) error {
	err := s.follow(ctx, nil)
	if busy(err) {
		return nil
	}
	return err
}

// busy reports whether an error says that a lock was not to be had in time.
func busy(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "55P03"
}

// follow makes the triggers as the endpoints want them, and those for more
// types that are about to be wanted.
func (s *EndpointStore) follow(ctx context.Context, more []endpoints.Type) error {
	rows, err := s.pool.Query(ctx, sqlWantedEvents)
	if err != nil {
		return judge("read event endpoints", err)
	}
	wanted, err := pgx.CollectRows(rows, pgx.RowTo[endpoints.Type])
	if err != nil {
		return judge("read event endpoints", err)
	}
	wanted = append(wanted, more...)
	there, err := s.triggers(ctx)
	if err != nil {
		return err
	}
	for i := range eventSources {
		src := &eventSources[i]
		types, now := src.wants(wanted), there[src.trigger()]
		if slices.Equal(types, now) {
			continue
		}
		statement := `DROP TRIGGER ` + src.trigger() + ` ON ` + src.table
		if len(types) > 0 {
			statement = src.create(types)
		}
		if err := s.patiently(ctx, statement); err != nil {
			return judge("follow the changes of "+src.table, err)
		}
	}
	return nil
}

// triggers returns the types that each trigger notes.
func (s *EndpointStore) triggers(ctx context.Context) (map[string][]endpoints.Type, error) {
	rows, err := s.pool.Query(ctx, sqlTriggers)
	if err != nil {
		return nil, judge("read triggers", err)
	}
	there := map[string][]endpoints.Type{}
	var name string
	var types []endpoints.Type
	_, err = pgx.ForEachRow(rows, []any{&name, &types}, func() error {
		there[name] = slices.Clone(types)
		return nil
	})
	return there, judge("read triggers", err)
}

// patiently runs a statement that locks a table of the message path, in short
// attempts with pauses in which messages go on.
func (s *EndpointStore) patiently(ctx context.Context, statement string) (err error) {
	for range triggerTries {
		err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, sqlTriggerPatience); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, statement)
			return err
		})
		if !busy(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
	return err
}
