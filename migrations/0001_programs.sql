-- +goose Up

-- The version of the configuration: one row. Every transaction that changes a
-- table of this file raises it, which also makes them follow one another, and
-- notifies channel "config".
CREATE TABLE config (
  one        boolean     PRIMARY KEY DEFAULT true CHECK (one),
  version    bigint      NOT NULL DEFAULT 0 CHECK (version >= 0),
  changed_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO config DEFAULT VALUES;

CREATE DOMAIN config_name AS text COLLATE "C" CHECK (VALUE ~ '^[a-z][a-z0-9._-]*$' AND length(VALUE) <= 40);

CREATE TABLE carriers (
  id               int              GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name             config_name      NOT NULL UNIQUE,
  addr             text             NOT NULL CHECK (addr ~ '.:[0-9]{1,5}$'),
  system_id        text             NOT NULL CHECK (length(system_id) BETWEEN 1 AND 15),
  password         bytea            NOT NULL CHECK (length(password) >= 33), -- sealed, never plain; see programs/secret
  password_key     text             NOT NULL,                                -- id of the key that sealed it
  system_type      text             NOT NULL CHECK (length(system_type) <= 12),
  address_range    text             NOT NULL CHECK (length(address_range) <= 40),
  bind             text             NOT NULL CHECK (bind IN ('transceiver', 'transmitter', 'receiver', 'pair')),
  sessions         int              NOT NULL CHECK (sessions BETWEEN 1 AND 64),
  window_size      int              NOT NULL CHECK (window_size BETWEEN 1 AND 10000),
  throughput       double precision NOT NULL CHECK (throughput BETWEEN 0 AND 100000), -- segments a second; 0: no limit
  tls              boolean          NOT NULL,
  tls_ca_file      text             NOT NULL,
  tls_server_name  text             NOT NULL,
  tls_cert_file    text             NOT NULL,
  tls_key_file     text             NOT NULL CHECK ((tls_key_file = '') = (tls_cert_file = '')),
  alphabet         text             NOT NULL CHECK (alphabet IN ('gsm7', 'latin1', 'ascii')),
  transliterate    boolean          NOT NULL,
  trim_nul         boolean          NOT NULL,
  segmentation     text             NOT NULL CHECK (segmentation IN ('udh8', 'udh16', 'sar', 'payload')),
  receipts         boolean          NOT NULL,
  response_id      text             NOT NULL CHECK (response_id IN ('opaque', 'decimal', 'hex')),
  receipt_id       text             NOT NULL CHECK (receipt_id IN ('opaque', 'decimal', 'hex')),
  receipt_part     text             NOT NULL CHECK (receipt_part IN ('all', 'first', 'last')),
  validity         boolean          NOT NULL,
  country_code     text             NOT NULL CHECK (country_code ~ '^([1-9][0-9]{0,2})?$'),
  short_code_ton   smallint         NOT NULL CHECK (short_code_ton BETWEEN 0 AND 255),
  short_code_npi   smallint         NOT NULL CHECK (short_code_npi BETWEEN 0 AND 255),
  msisdn_ton       smallint         NOT NULL CHECK (msisdn_ton BETWEEN 0 AND 255),
  msisdn_npi       smallint         NOT NULL CHECK (msisdn_npi BETWEEN 0 AND 255),
  alphanumeric_ton smallint         NOT NULL CHECK (alphanumeric_ton BETWEEN 0 AND 255),
  alphanumeric_npi smallint         NOT NULL CHECK (alphanumeric_npi BETWEEN 0 AND 255),
  bind_ton         smallint         NOT NULL CHECK (bind_ton BETWEEN 0 AND 255),
  bind_npi         smallint         NOT NULL CHECK (bind_npi BETWEEN 0 AND 255),
  message_id_tag   int              NOT NULL CHECK (message_id_tag BETWEEN 0 AND 65535), -- 0: the SMSC does not identify MOs
  temporary        text[]           NOT NULL,
  permanent        text[]           NOT NULL CHECK (NOT permanent && temporary),
  bind_timeout     interval         NOT NULL CHECK (bind_timeout > '0'),
  slot_timeout     interval         NOT NULL CHECK (slot_timeout > '0'),
  response_timeout interval         NOT NULL CHECK (response_timeout > '0'),
  write_timeout    interval         NOT NULL CHECK (write_timeout > '0'),
  enquire_interval interval         NOT NULL CHECK (enquire_interval > '0'),
  deliver_timeout  interval         NOT NULL CHECK (deliver_timeout > '0'),
  backoff_min      interval         NOT NULL CHECK (backoff_min > '0'),
  backoff_max      interval         NOT NULL CHECK (backoff_max >= backoff_min),
  backoff_stable   interval         NOT NULL CHECK (backoff_stable >= '0')
);

CREATE TABLE programs (
  id             int         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name           config_name NOT NULL UNIQUE,
  brand          text        NOT NULL CHECK (length(brand) BETWEEN 1 AND 40),
  title          text        NOT NULL CHECK (length(title) <= 40),
  contact        text        NOT NULL CHECK (length(contact) BETWEEN 1 AND 60),
  country        text        NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
  languages      text[]      NOT NULL CHECK (cardinality(languages) > 0), -- the first is the default
  currency       text        NOT NULL CHECK (currency ~ '^([A-Z]{3})?$'),
  time_zone      text        NOT NULL CHECK (time_zone <> ''),
  terms_url      text        NOT NULL,
  consent        text        NOT NULL CHECK (consent IN ('single', 'double')),
  quiet_profile  text        NOT NULL,
  quiet_days     jsonb       CHECK (jsonb_typeof(quiet_days) = 'object'),
  quiet_holidays text        NOT NULL CHECK (quiet_holidays IN ('', 'open', 'closed')),
  per_day        int         NOT NULL CHECK (per_day >= 0), -- marketing messages to one phone; 0: no limit
  per_week       int         NOT NULL CHECK (per_week >= 0),
  per_month      int         NOT NULL CHECK (per_month >= 0),
  survives_stop  text        NOT NULL,                      -- the written reason; empty: nothing survives a STOP
  staff          jsonb       NOT NULL CHECK (jsonb_typeof(staff) = 'object'),   -- group → phones
  answers        jsonb       NOT NULL CHECK (jsonb_typeof(answers) = 'object'), -- name → language → text, over the built-in ones
  CHECK ((quiet_profile = '') = (quiet_days IS NOT NULL))
);

CREATE TABLE places (
  id        int         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name      config_name NOT NULL UNIQUE,
  title     text        NOT NULL CHECK (length(title) BETWEEN 1 AND 60),
  address   text        NOT NULL,
  postcode  text        NOT NULL,
  country   text        NOT NULL CHECK (country ~ '^([A-Z]{2})?$'),
  hours     text        NOT NULL,
  time_zone text        NOT NULL
);

CREATE TABLE short_codes (
  number   int     PRIMARY KEY CHECK (number BETWEEN 100 AND 999999999),
  country  text    NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
  program  int     NOT NULL REFERENCES programs, -- whose answers apply when no conversation says otherwise
  sms_plus boolean NOT NULL
);

CREATE TABLE short_code_carriers (
  short_code int      REFERENCES short_codes ON DELETE CASCADE,
  rank       smallint CHECK (rank >= 0), -- the first that is up takes an MT without a last carrier
  carrier    int      NOT NULL REFERENCES carriers,
  PRIMARY KEY (short_code, rank),
  UNIQUE (short_code, carrier)
);

CREATE TABLE flows (
  name       text        COLLATE "C" PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9.-]*$'),
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE flow_versions (
  flow         text        COLLATE "C" REFERENCES flows ON DELETE CASCADE,
  version      int         CHECK (version > 0),
  source       text        NOT NULL CHECK (length(source) BETWEEN 1 AND 262144),
  sha256       bytea       NOT NULL CHECK (length(sha256) = 32),
  state        text        NOT NULL CHECK (state IN ('draft', 'published', 'retired')),
  open         jsonb       NOT NULL CHECK (coalesce(open ->> 'policy', '') IN ('finish', 'move', 'end')), -- for conversations on the version before
  created_at   timestamptz NOT NULL DEFAULT now(),
  published_at timestamptz,
  CHECK ((state = 'draft') = (published_at IS NULL)),
  PRIMARY KEY (flow, version)
);
CREATE UNIQUE INDEX flow_versions_published ON flow_versions (flow) WHERE state = 'published';

-- A version that was published once is what conversations began with: neither
-- a query nor a person at psql may change it any more.
-- +goose StatementBegin
CREATE FUNCTION flow_version_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> 'draft' AND (NEW.flow, NEW.version, NEW.source, NEW.sha256, NEW.published_at)
      IS DISTINCT FROM (OLD.flow, OLD.version, OLD.source, OLD.sha256, OLD.published_at) THEN
    RAISE EXCEPTION 'version % of flow % is published: make a new version', OLD.version, OLD.flow
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF (OLD.state, NEW.state) IN (('published', 'draft'), ('retired', 'draft')) THEN
    RAISE EXCEPTION 'version % of flow % cannot become a draft again', OLD.version, OLD.flow
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER flow_version_is_immutable BEFORE UPDATE ON flow_versions
  FOR EACH ROW EXECUTE FUNCTION flow_version_is_immutable();

CREATE TABLE keywords (
  short_code int         REFERENCES short_codes ON DELETE CASCADE,
  folded     text        COLLATE "C" CHECK (folded <> ''), -- the word as texts are compared
  n          smallint    CHECK (n >= 0),                   -- its entries, told apart by their windows, in the file's order
  word       text        NOT NULL CHECK (word <> ''),
  aliases    text[]      NOT NULL,
  program    int         NOT NULL REFERENCES programs,
  flow       text        COLLATE "C" NOT NULL REFERENCES flows,
  language   text        NOT NULL CHECK (language ~ '^([a-z]{2})?$'),
  place      int         REFERENCES places,
  inputs     jsonb       NOT NULL CHECK (jsonb_typeof(inputs) = 'object'),
  opens      text        NOT NULL, -- wall clock in time_zone, else in the program's; empty: no bound
  closes     text        NOT NULL,
  days       text        NOT NULL,
  hours      text        NOT NULL,
  time_zone  text        NOT NULL,
  PRIMARY KEY (short_code, folded, n)
);
