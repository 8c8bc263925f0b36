-- +goose Up

CREATE TABLE users (
  id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email         text        NOT NULL CHECK (email = lower(email) AND email LIKE '_%@_%'),
  name          text        NOT NULL,
  password      text        NOT NULL DEFAULT '',             -- argon2id; empty: none yet
  role          text        NOT NULL CHECK (role IN ('owner', 'manager', 'editor', 'agent', 'viewer')),
  programs      text[]      NOT NULL DEFAULT '{}',           -- empty: all
  totp          bytea,                                       -- sealed; none: no second factor
  new_totp      bytea,                                       -- one that is not confirmed yet
  totp_step     bigint      NOT NULL DEFAULT 0,              -- the last one that was used
  recovery      bytea[]     NOT NULL DEFAULT '{}',           -- hashes
  failed        int         NOT NULL DEFAULT 0,
  failed_at     timestamptz,
  created_at    timestamptz NOT NULL DEFAULT now(),
  disabled_at   timestamptz
);
CREATE UNIQUE INDEX users_email ON users (email);

CREATE TABLE sessions (
  token_hash bytea       PRIMARY KEY CHECK (length(token_hash) = 32),
  id         bigint      GENERATED ALWAYS AS IDENTITY,
  user_id    bigint      NOT NULL REFERENCES users ON DELETE CASCADE,
  created_at timestamptz NOT NULL,
  seen_at    timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  address    text        NOT NULL,
  agent      text        NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE api_keys (
  id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name       text        NOT NULL,
  token_hash bytea       NOT NULL UNIQUE CHECK (length(token_hash) = 32),
  hint       text        NOT NULL,                           -- its first characters
  role       text        NOT NULL CHECK (role IN ('owner', 'manager', 'editor', 'agent', 'viewer')),
  programs   text[]      NOT NULL DEFAULT '{}',
  created_by text        NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz,
  used_at    timestamptz,
  revoked_at timestamptz
);

-- Links that are good once: to become the owner, to take up an invitation, to
-- choose a new password.
CREATE TABLE account_links (
  token_hash bytea       PRIMARY KEY CHECK (length(token_hash) = 32),
  user_id    bigint      REFERENCES users ON DELETE CASCADE, -- none: the first owner
  expires_at timestamptz NOT NULL
);

-- Who changed what, from where. Nothing is ever taken out of it.
CREATE TABLE audit (
  id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at      timestamptz NOT NULL,
  caller  text        NOT NULL,
  action  text        NOT NULL,
  object  text        NOT NULL,                              -- kind and key
  program text        NOT NULL DEFAULT '',
  before  jsonb,
  after   jsonb,
  address text        NOT NULL,
  request text        NOT NULL                               -- id of the HTTP request, or the command
);
CREATE INDEX audit_object ON audit (object, id);
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''audit is append-only'' USING ERRCODE = ''insufficient_privilege''; END';
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit EXECUTE FUNCTION audit_is_append_only();

-- Requests that carried an Idempotency-Key, kept for a day. The id is that of
-- what the request made, so that a repetition after a crash makes the same.
CREATE TABLE idempotency (
  caller  text        NOT NULL,
  key     text        NOT NULL,
  request bytea       NOT NULL,                              -- SHA-256 of what was asked
  id      bigint      NOT NULL,
  answer  bytea,                                             -- none yet: it is being carried out, or was cut off
  at      timestamptz NOT NULL,
  PRIMARY KEY (caller, key)
);
CREATE INDEX idempotency_at ON idempotency (at);
