-- +goose Up

-- Lists are read from the newest row on. A B-tree of the ids, which grow, is a few pages at its right edge; the
-- index by blocks that the partitions had cannot tell an order. Partitions to come get it from the gateway.
-- +goose StatementBegin
DO $$
DECLARE p record;
BEGIN
  FOR p IN SELECT inhrelid::regclass AS part FROM pg_inherits WHERE inhparent IN ('inbound'::regclass, 'outbound'::regclass) LOOP
    EXECUTE format('DROP INDEX IF EXISTS %I', p.part || '_id_idx');
    EXECUTE format('CREATE INDEX ON %s (id)', p.part);
  END LOOP;
END $$;
-- +goose StatementEnd

-- People are looked for by how their names begin.
CREATE INDEX contacts_last_name ON contacts (lower(last_name) text_pattern_ops);
CREATE INDEX contacts_first_name ON contacts (lower(first_name) text_pattern_ops);
CREATE INDEX suppressions_since ON suppressions (since DESC, phone_hash, scope, scope_id);

-- What happened in each minute, counted by the nodes; kept 35 days.
CREATE TABLE figures (
  minute timestamptz NOT NULL,
  name   text        NOT NULL,
  label  text        NOT NULL, -- a carrier, a rule, a class
  n      bigint      NOT NULL,
  PRIMARY KEY (minute, name, label)
);
