-- +goose Up
-- The tables of the message path. Ids are made by the node (sms.ID): they carry the day, so that message tables
-- are partitioned by day of creation, and they are known before the row is written. docs/message-path.md explains
-- states and transitions. No foreign keys onto threads or message tables: they would lock rows; `repartee verify`
-- checks what they would.

CREATE TYPE message_class AS ENUM ('reply', 'transactional', 'marketing', 'compliance');
CREATE TYPE message_state AS ENUM ('held', 'queued', 'sending', 'sent', 'delivered', 'undelivered', 'rejected', 'refused',
  'cancelled', 'expired', 'unknown');

-- A thread is one phone on one short code and the lock for all that concerns the two. No other index: every update is HOT.
CREATE TABLE threads (
  msisdn bigint NOT NULL CHECK (msisdn <> 0), -- below 0: erased, a keyed hash
  short_code int NOT NULL,
  carrier int,                                -- the one that the phone last used
  language text,
  turn bigint NOT NULL DEFAULT 0,
  last_mo timestamptz,
  talks json NOT NULL DEFAULT '[]',           -- open conversations, the newest question first; json: every turn writes it, nothing searches it
  wake_due timestamptz,
  recent bytea NOT NULL DEFAULT '' CHECK (length(recent) <= 256 AND length(recent) % 32 = 0), -- 8 times: fingerprint, inbound id, bind, arrival
  stop_id bigint NOT NULL DEFAULT 0,
  stopped boolean NOT NULL DEFAULT false CHECK (NOT stopped OR stop_id > 0),
  confirmed timestamptz[] NOT NULL DEFAULT '{}',
  answer_id bigint,
  ref smallint NOT NULL DEFAULT 0 CHECK (ref BETWEEN 0 AND 255),
  ledger_hash bytea,
  PRIMARY KEY (msisdn, short_code)
) WITH (fillfactor = 50);

CREATE TABLE inbound (
  id bigint NOT NULL,
  msisdn bigint NOT NULL,                     -- 0: the sender was no phone
  short_code int NOT NULL,
  carrier int NOT NULL,
  bind bigint NOT NULL,
  arrival bigint NOT NULL,
  received_at timestamptz NOT NULL,
  coding smallint NOT NULL,
  octets bytea,                               -- kept when the text alone does not say what came
  text text,
  parts smallint NOT NULL DEFAULT 1,
  complete boolean NOT NULL DEFAULT true,
  outcome text NOT NULL CHECK (outcome IN ('turn', 'ignored', 'failed')),
  turn bigint,
  class text NOT NULL CHECK (class IN ('opt-out', 'help', 'opt-in', 'neither')),
  route text,
  rule text NOT NULL,
  review boolean NOT NULL DEFAULT false,
  config bigint NOT NULL,
  talk bigint,
  copies smallint NOT NULL DEFAULT 0,
  CHECK ((outcome = 'turn') = (turn IS NOT NULL)),
  PRIMARY KEY (msisdn, id)
) PARTITION BY RANGE (id);

CREATE TABLE outbound (
  id bigint NOT NULL,
  msisdn bigint NOT NULL,
  short_code int NOT NULL,
  carrier int,
  program int,
  class message_class NOT NULL,
  state message_state NOT NULL,
  turn bigint,
  n smallint NOT NULL DEFAULT 0,
  cause bigint,                               -- the inbound message that it answers
  talk bigint,
  after_id bigint,
  node bigint,
  stop_id bigint NOT NULL,
  created_at timestamptz NOT NULL,
  hold_until timestamptz,
  expires timestamptz NOT NULL,
  verdict text NOT NULL CHECK (verdict IN ('allow', 'hold', 'refuse')),
  rule text NOT NULL,
  facts jsonb,
  config bigint NOT NULL,
  text text NOT NULL,
  coding smallint NOT NULL,
  segments smallint NOT NULL CHECK (segments BETWEEN 1 AND 10),
  ref smallint,
  parts bytea CHECK (parts IS NULL OR length(parts) = segments),
  attempts smallint NOT NULL DEFAULT 0,
  unknowns smallint NOT NULL DEFAULT 0 CHECK (unknowns <= 3),
  sent_at timestamptz,
  done_at timestamptz,
  error int,
  CHECK (state <> 'sending' OR (node IS NOT NULL AND carrier IS NOT NULL)),
  CHECK (state <> 'held' OR hold_until IS NOT NULL),
  CHECK ((state = 'refused') = (verdict = 'refuse')),
  CHECK (state NOT IN ('sent', 'delivered', 'undelivered') OR sent_at IS NOT NULL),
  CHECK (class <> 'marketing' OR unknowns = 0 OR state NOT IN ('held', 'queued', 'sending')),
  PRIMARY KEY (msisdn, id)
) PARTITION BY RANGE (id);

-- What the SMSC calls each segment. Not unique: carriers' ids come round again.
CREATE TABLE submits (
  carrier int NOT NULL,
  smsc_id text COLLATE "C" NOT NULL CHECK (length(smsc_id) <= 64),
  msisdn bigint NOT NULL,
  id bigint NOT NULL,
  segment smallint NOT NULL
) PARTITION BY RANGE (id);
CREATE INDEX submits_smsc_id ON submits (smsc_id, carrier);

-- Receipts that have found no message yet; a null next_try has been given up.
CREATE TABLE receipts (
  id bigint PRIMARY KEY,
  carrier int NOT NULL,
  smsc_id text COLLATE "C" NOT NULL,
  state smallint NOT NULL,
  error int,
  received_at timestamptz NOT NULL,
  tries smallint NOT NULL DEFAULT 0,
  next_try timestamptz
);
CREATE INDEX receipts_next_try ON receipts (next_try);

-- Messages that wait. Rows of messages born `sending` never come here.
CREATE TABLE outbox (
  id bigint PRIMARY KEY,
  msisdn bigint NOT NULL,
  short_code int NOT NULL,
  program int,
  carrier int NOT NULL,
  prio smallint NOT NULL CHECK (prio IN (0, 1)), -- 0: answers, 1: marketing
  due timestamptz NOT NULL,
  expires timestamptz NOT NULL,
  after_id bigint,
  node bigint                                    -- claimed by
) WITH (fillfactor = 70);
CREATE INDEX outbox_claim ON outbox (carrier, prio, due, id);
CREATE INDEX outbox_phone ON outbox (msisdn);

CREATE TABLE mo_sets (
  carrier int NOT NULL,
  msisdn bigint NOT NULL,
  short_code int NOT NULL,
  kind smallint NOT NULL,
  ref int NOT NULL,
  total smallint NOT NULL CHECK (total BETWEEN 2 AND 255),
  parts bytea[] NOT NULL,
  coding smallint NOT NULL,
  first_at timestamptz NOT NULL,
  done_at timestamptz,
  inbound_id bigint,
  PRIMARY KEY (carrier, msisdn, short_code, kind, ref, total)
);

CREATE TABLE conversations (
  id bigint NOT NULL,
  msisdn bigint NOT NULL,
  short_code int NOT NULL,
  program text NOT NULL,
  flow text NOT NULL,
  version int NOT NULL,
  begun_by text NOT NULL,
  begun_at timestamptz NOT NULL,
  ended_at timestamptz,
  outcome text,
  reason text,
  CHECK ((ended_at IS NULL) = (outcome IS NULL)),
  PRIMARY KEY (msisdn, id)
) PARTITION BY RANGE (id);

-- Moments at which a thread may have something to do; the deadline itself is in the thread.
CREATE TABLE wakes (
  due timestamptz NOT NULL,
  msisdn bigint NOT NULL,
  short_code int NOT NULL,
  kind smallint NOT NULL CHECK (kind IN (0, 1)), -- 0: conversations, 1: parts of a long message
  PRIMARY KEY (due, msisdn, short_code, kind)
);

CREATE TABLE contacts (
  msisdn bigint PRIMARY KEY,
  first_name text,
  last_name text,
  language text,
  country text,
  region text,
  postal_code text,
  time_zone text,
  fields jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE consents (
  msisdn bigint NOT NULL,
  program int NOT NULL,
  state text NOT NULL CHECK (state IN ('none', 'pending', 'single', 'double', 'opted-out')),
  since timestamptz NOT NULL,
  stop_id bigint NOT NULL DEFAULT 0,
  ledger_id bigint NOT NULL,
  sent timestamptz[] NOT NULL DEFAULT '{}',
  PRIMARY KEY (msisdn, program)
) WITH (fillfactor = 80);

-- Append-only; one hash chain per thread, written under its lock.
CREATE TABLE consent_ledger (
  id bigint PRIMARY KEY,
  phone_hash bytea NOT NULL,
  msisdn bigint,
  short_code int NOT NULL,
  program int,
  event text NOT NULL CHECK (event IN ('opt-out', 'opt-in', 'pending', 'confirmed')),
  scope text NOT NULL CHECK (scope IN ('program', 'code', 'everywhere')),
  entry jsonb NOT NULL,
  prev_hash bytea,
  row_hash bytea NOT NULL
);
CREATE INDEX consent_ledger_phone ON consent_ledger (phone_hash, short_code, id);
-- +goose StatementBegin
CREATE FUNCTION consent_ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'consent_ledger is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
-- +goose StatementEnd
CREATE TRIGGER consent_ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON consent_ledger
  EXECUTE FUNCTION consent_ledger_is_append_only();

-- What survives erasure: a keyed hash of the phone. scope_id is the short code or program, 0 for everywhere.
CREATE TABLE suppressions (
  phone_hash bytea NOT NULL,
  scope text NOT NULL CHECK (scope IN ('program', 'code', 'everywhere')),
  scope_id int NOT NULL DEFAULT 0,
  since timestamptz NOT NULL,
  reason text NOT NULL,
  PRIMARY KEY (phone_hash, scope, scope_id)
);

-- Recent opt-outs, for the nodes' stop lists; kept 10 minutes. Program 0: all programs of the code.
CREATE TABLE stops (
  id bigint PRIMARY KEY,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  msisdn bigint NOT NULL,
  short_code int NOT NULL,
  program int NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE events (
  id bigint PRIMARY KEY,
  at timestamptz NOT NULL,
  kind text NOT NULL,
  msisdn bigint,
  short_code int,
  program text,
  talk bigint,
  data jsonb NOT NULL DEFAULT '{}',
  done_at timestamptz                        -- tells that have been performed
);
CREATE INDEX events_open ON events (id) WHERE done_at IS NULL;

-- Who runs. One row per slot; outbound.node and binds.incarnation name the incarnation.
CREATE TABLE nodes (
  slot int PRIMARY KEY CHECK (slot BETWEEN 0 AND 1023),
  incarnation bigint NOT NULL UNIQUE,
  beat bigint NOT NULL,
  low bigint NOT NULL,                       -- no message born `sending` below this id is unfinished
  horizon bigint NOT NULL,                   -- the largest id given out
  seen pg_snapshot NOT NULL,
  config bigint NOT NULL,
  state text NOT NULL CHECK (state IN ('live', 'stopped', 'dead')),
  host text NOT NULL,
  started_at timestamptz NOT NULL
) WITH (fillfactor = 50);

-- Each bind that was held: which of its acknowledgements are proven to have arrived. Kept 7 days.
CREATE TABLE binds (
  id bigint PRIMARY KEY,
  carrier int NOT NULL,
  incarnation bigint NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  proved bigint NOT NULL DEFAULT 0
);

-- +goose StatementBegin
-- Aborts the transaction when a set-based statement did not touch exactly the rows that it had to.
CREATE FUNCTION expect(got bigint, want bigint, what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF got IS DISTINCT FROM want THEN
    RAISE EXCEPTION '%: % rows instead of %', what, got, want USING ERRCODE = 'RP001';
  END IF;
END $$;
-- +goose StatementEnd
