-- +goose Up

-- Event endpoints: addresses of integrators that are told what happened. docs/adr/0019-event-endpoints.md.
CREATE TABLE endpoints (
  id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name            text        NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
  url             text        NOT NULL CHECK (url ~ '^https?://.'),
  events          text[]      NOT NULL CHECK (cardinality(events) > 0),
  programs        text[]      NOT NULL DEFAULT '{}',           -- empty: all
  include_text    boolean     NOT NULL,
  private         boolean     NOT NULL,                        -- it may stand in a private network
  secret          bytea       NOT NULL CHECK (length(secret) >= 33), -- sealed, never plain; see programs/secret
  secret_key      text        NOT NULL,                        -- id of the key that sealed it
  old_secret      bytea,                                       -- still good after a rotation
  old_until       timestamptz,
  created_by      text        NOT NULL,
  created_at      timestamptz NOT NULL,
  disabled_at     timestamptz,
  disabled_by     text        NOT NULL DEFAULT '',             -- empty: the endpoint answered that it is gone
  last_success_at timestamptz,
  failing_since   timestamptz,
  last_error      text        NOT NULL DEFAULT '',
  CHECK ((old_secret IS NULL) = (old_until IS NULL))
);

-- What has happened and is not distributed yet: written by triggers in the transaction of what happened, and taken
-- out by whoever distributes it. The triggers are there only while an endpoint wants their events.
CREATE TABLE endpoint_events (
  n      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event  uuid        NOT NULL DEFAULT gen_random_uuid(),       -- the webhook-id
  type   text        NOT NULL,
  msisdn bigint,
  source bigint      NOT NULL,                                 -- of the row that it speaks of
  detail text        NOT NULL DEFAULT '',                      -- what the row alone will not tell later: a state, a coupon's code
  at     timestamptz NOT NULL DEFAULT now()
);

-- One event for one endpoint: queue and log. No texts: those are read when it is sent.
CREATE TABLE endpoint_deliveries (
  id        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  endpoint  bigint      NOT NULL REFERENCES endpoints ON DELETE CASCADE,
  event     uuid        NOT NULL,
  type      text        NOT NULL,
  at        timestamptz NOT NULL,                              -- when it happened
  msisdn    bigint,
  source    bigint      NOT NULL,
  data      jsonb       NOT NULL,
  state     text        NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed')),
  queued_at timestamptz NOT NULL,                              -- tries end three days later
  due       timestamptz NOT NULL,                              -- while one is under way: when somebody else may take it over
  attempts  int         NOT NULL DEFAULT 0,                    -- since it was queued
  last_at   timestamptz,
  status    int,                                               -- of the last answer; none: there was none
  took_ms   int,
  error     text        NOT NULL DEFAULT ''
);
CREATE INDEX endpoint_deliveries_due ON endpoint_deliveries (endpoint, due) WHERE state = 'pending';
CREATE INDEX endpoint_deliveries_log ON endpoint_deliveries (endpoint, id);
CREATE INDEX endpoint_deliveries_phone ON endpoint_deliveries (msisdn);
CREATE INDEX endpoint_deliveries_at ON endpoint_deliveries USING brin (at);

-- The arguments of each trigger are the events that endpoints want. Rows before and after are joined by hash: the plan is
-- kept, whatever the size of the batch, and the connections of the message path allow nested loops alone.
-- +goose StatementBegin
CREATE FUNCTION endpoint_events_inbound_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO endpoint_events (type, msisdn, source) SELECT 'message.received', msisdn, id FROM added WHERE msisdn > 0;
  RETURN NULL;
END $$;
CREATE FUNCTION endpoint_events_outbound_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO endpoint_events (type, msisdn, source, detail) SELECT 'message.failed', msisdn, id, state::text FROM added WHERE state = 'refused' AND msisdn > 0;
  RETURN NULL;
END $$;
CREATE FUNCTION endpoint_events_outbound_update() RETURNS trigger LANGUAGE plpgsql SET enable_hashjoin = on SET enable_nestloop = off AS $$
BEGIN
  -- A receipt may be quicker than the acceptance: what has one was sent.
  INSERT INTO endpoint_events (type, msisdn, source, detail)
  SELECT x.type, a.msisdn, a.id, x.state FROM added a JOIN before b ON b.msisdn = a.msisdn AND b.id = a.id, LATERAL (
    SELECT 'message.sent' AS type, 'sent' AS state WHERE a.state IN ('sent', 'delivered', 'undelivered') AND b.state NOT IN ('sent', 'delivered', 'undelivered')
    UNION ALL SELECT CASE WHEN a.state = 'delivered' THEN 'message.delivered' ELSE 'message.failed' END, a.state::text
    WHERE b.state <> a.state AND a.state IN ('delivered', 'undelivered', 'rejected', 'cancelled', 'expired', 'unknown')) x
  WHERE x.type = ANY (TG_ARGV) AND a.msisdn > 0;
  RETURN NULL;
END $$;
CREATE FUNCTION endpoint_events_conversations_update() RETURNS trigger LANGUAGE plpgsql SET enable_hashjoin = on SET enable_nestloop = off AS $$
BEGIN
  INSERT INTO endpoint_events (type, msisdn, source) SELECT 'conversation.ended', a.msisdn, a.id
  FROM added a JOIN before b ON b.msisdn = a.msisdn AND b.id = a.id WHERE b.ended_at IS NULL AND a.ended_at IS NOT NULL AND a.msisdn > 0;
  RETURN NULL;
END $$;
CREATE FUNCTION endpoint_events_consent_ledger_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO endpoint_events (type, msisdn, source) SELECT 'consent.changed', msisdn, id FROM added WHERE msisdn > 0;
  RETURN NULL;
END $$;
CREATE FUNCTION endpoint_events_orders_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO endpoint_events (type, msisdn, source, detail) SELECT 'order.placed', msisdn, id, state FROM added;
  RETURN NULL;
END $$;
CREATE FUNCTION endpoint_events_orders_update() RETURNS trigger LANGUAGE plpgsql SET enable_hashjoin = on SET enable_nestloop = off AS $$
BEGIN
  INSERT INTO endpoint_events (type, msisdn, source, detail) SELECT 'order.changed', a.msisdn, a.id, a.state
  FROM added a JOIN before b ON b.id = a.id WHERE b.state <> a.state;
  RETURN NULL;
END $$;
CREATE FUNCTION endpoint_events_coupons_update() RETURNS trigger LANGUAGE plpgsql SET enable_hashjoin = on SET enable_nestloop = off AS $$
BEGIN
  INSERT INTO endpoint_events (type, msisdn, source, detail) SELECT 'coupon.redeemed', a.msisdn, coalesce(a.used_ask, 0), a.code
  FROM added a JOIN before b ON b.code = a.code WHERE b.used_at IS NULL AND a.used_at IS NOT NULL;
  RETURN NULL;
END $$;
-- +goose StatementEnd
