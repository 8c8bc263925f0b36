-- +goose Up

-- What a phone wrote stands beside the entry that it proves: the chain holds a salted hash of it, so that an erasure may take the words away.
ALTER TABLE consent_ledger ADD COLUMN words jsonb;
ALTER TABLE consent_ledger DROP CONSTRAINT consent_ledger_event_check, DROP CONSTRAINT consent_ledger_scope_check,
  ADD CHECK (event IN ('opt-out', 'opt-in', 'pending', 'confirmed', 'paused', 'resumed', 'kept', 'undone', 'erased')),
  ADD CHECK (scope IN ('program', 'code', 'everywhere', 'marketing', 'unreachable', 'invalid'));
-- marketing: paused, all else goes; unreachable: the same by receipts, until then; invalid: receipts say that the number is gone.
ALTER TABLE suppressions DROP CONSTRAINT suppressions_scope_check, ADD COLUMN until timestamptz,
  ADD CHECK (scope IN ('program', 'code', 'everywhere', 'marketing', 'unreachable', 'invalid')), ADD CHECK ((until IS NULL) = (scope <> 'unreachable'));

-- What receipts said of the phones that a message did not reach. Whatever the phone received or wrote since makes them void.
CREATE TABLE failures (
  msisdn bigint NOT NULL,
  id bigint NOT NULL,                        -- of the message
  at timestamptz NOT NULL,
  cause text NOT NULL,
  PRIMARY KEY (msisdn, id)
);
ALTER TABLE outbound ADD COLUMN drop_quiet boolean NOT NULL DEFAULT false; -- not held when the hours are closed
ALTER TABLE receipts ADD COLUMN cause text;  -- what it says, null for nothing final
ALTER TABLE threads ADD COLUMN unreachable text NOT NULL DEFAULT '' CHECK (unreachable IN ('', 'unreachable', 'invalid')); -- the phone's next text lifts it
ALTER TABLE programs ADD COLUMN cross_code boolean NOT NULL DEFAULT false; -- an opt-out stops every code of the brand
ALTER TABLE carriers ADD COLUMN error_map text NOT NULL DEFAULT '', ADD COLUMN error_codes jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(error_codes) = 'object');

-- The one change that the ledger allows is that of an erasure: phone and words go, nothing else moves.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION consent_ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'consent_ledger is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE FUNCTION consent_ledger_may_forget() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE kept consent_ledger := OLD;
BEGIN
  kept.msisdn := NULL;
  kept.words := NULL;
  IF NEW IS DISTINCT FROM kept THEN
    RAISE EXCEPTION 'consent_ledger is append-only' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
DROP TRIGGER consent_ledger_append_only ON consent_ledger;
CREATE TRIGGER consent_ledger_append_only BEFORE DELETE OR TRUNCATE ON consent_ledger
  EXECUTE FUNCTION consent_ledger_is_append_only();
CREATE TRIGGER consent_ledger_may_forget BEFORE UPDATE ON consent_ledger
  FOR EACH ROW EXECUTE FUNCTION consent_ledger_may_forget();

-- Readings that a person should look at. An opt-out among them holds at once; before is what it changed.
CREATE TABLE reviews (
  id bigint PRIMARY KEY,                     -- of the inbound message
  msisdn bigint NOT NULL,
  short_code int NOT NULL,
  kind text NOT NULL CHECK (kind IN ('opt-out', 'wrong-number', 'unclear')),
  rule text NOT NULL,
  before jsonb NOT NULL,
  opened_at timestamptz NOT NULL,
  closed_at timestamptz,
  decision text CHECK (decision IN ('kept', 'undone')),
  closed_by text,
  reason text,
  CHECK ((closed_at IS NULL) = (decision IS NULL))
);
CREATE INDEX reviews_open ON reviews (id) WHERE closed_at IS NULL;
CREATE INDEX reviews_phone ON reviews (msisdn);

-- That a phone was erased, without the phone.
CREATE TABLE erasures (
  phone_hash bytea NOT NULL,
  at timestamptz NOT NULL,
  by text NOT NULL,
  reason text NOT NULL,
  PRIMARY KEY (phone_hash, at)
);
