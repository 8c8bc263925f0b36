-- +goose Up

-- What a thread has to deal with beside texts and timers: starts, events,
-- answers of webhooks, texts of people. Anybody may add some; they are handled
-- under the lock of the thread, in the order of their ids, and deleted in the
-- transaction of their effects.
CREATE TABLE inputs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  msisdn bigint NOT NULL,
  short_code int NOT NULL,
  kind text NOT NULL,
  key text NOT NULL DEFAULT '',              -- inputs of a thread with the same key are one
  data jsonb NOT NULL,
  at timestamptz NOT NULL,                   -- not before; later than a poisoned one was
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX inputs_thread ON inputs (msisdn, short_code, id);
CREATE UNIQUE INDEX inputs_key ON inputs (msisdn, short_code, key) WHERE key <> '';

ALTER TABLE wakes DROP CONSTRAINT wakes_kind_check;
ALTER TABLE wakes ADD CHECK (kind IN (0, 1, 2)); -- 2: inputs

-- Tells that are tried again: due is when, and while one is being performed
-- when somebody else may take it over.
ALTER TABLE events ADD COLUMN tries smallint NOT NULL DEFAULT 0, ADD COLUMN due timestamptz;

-- Questions to staff: a `notify` with `answers`. The first answer closes one.
CREATE TABLE tasks (
  id bigint PRIMARY KEY,                     -- of the tell
  number smallint NOT NULL,                  -- what staff know it by
  msisdn bigint NOT NULL,                    -- of the conversation that waits
  short_code int NOT NULL,
  talk bigint NOT NULL,
  program text NOT NULL,
  staff text NOT NULL,                       -- the group
  flow text NOT NULL,
  version int NOT NULL,
  notice text NOT NULL,                      -- which `notify` of the flow
  language text NOT NULL,
  opened_at timestamptz NOT NULL,
  closed_at timestamptz,
  closed_by bigint,                          -- phone
  ask bigint                                 -- of the answer that closed it
);
CREATE SEQUENCE task_numbers AS smallint MINVALUE 1 MAXVALUE 999 CYCLE;
CREATE INDEX tasks_ask ON tasks (ask) WHERE ask IS NOT NULL;

CREATE TABLE task_phones (
  msisdn bigint NOT NULL,                    -- of the staff
  short_code int NOT NULL,
  task bigint NOT NULL,
  PRIMARY KEY (msisdn, short_code, task)
);
CREATE INDEX task_phones_task ON task_phones (task);

-- Conversations that a person answers.
CREATE TABLE handoffs (
  talk bigint NOT NULL,
  msisdn bigint NOT NULL,
  short_code int NOT NULL,
  program text NOT NULL,
  staff text NOT NULL,                       -- the group that is asked for
  entry int NOT NULL,                        -- of the conversation: how many states it had entered
  opened_at timestamptz NOT NULL,
  taken_at timestamptz,
  taken_by text,
  closed_at timestamptz,
  PRIMARY KEY (talk, opened_at)
);
CREATE INDEX handoffs_open ON handoffs (opened_at) WHERE closed_at IS NULL;

ALTER TABLE contacts ADD COLUMN tags text[] NOT NULL DEFAULT '{}';

CREATE TABLE webhooks (
  name config_name NOT NULL PRIMARY KEY,
  url text NOT NULL CHECK (url ~ '^https?://.'),
  secret bytea NOT NULL CHECK (length(secret) >= 33), -- sealed, never plain; see programs/secret
  secret_key text NOT NULL,                           -- id of the key that sealed it
  timeout interval NOT NULL CHECK (timeout BETWEEN '100 ms' AND '30 s'),
  tries int NOT NULL CHECK (tries BETWEEN 1 AND 10),
  private boolean NOT NULL
);
