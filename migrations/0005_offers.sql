-- +goose Up

-- What conversations give away, count, draw and sell. Whoever takes from
-- something that is limited locks the row of its offer, poll, game, card or
-- counter first, so that nothing gives more than it has.

ALTER TABLE places ADD COLUMN open jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(open) = 'object'); -- weekdays → hours in time_zone

ALTER TABLE short_codes ADD COLUMN fallback text COLLATE "C" REFERENCES flows; -- takes texts that nothing understands

ALTER TABLE contacts ADD COLUMN orders int NOT NULL DEFAULT 0; -- that were accepted

CREATE TABLE contact_fields (
  name config_name NOT NULL PRIMARY KEY,
  type text        NOT NULL CHECK (type IN ('text', 'number', 'money', 'flag', 'date', 'time', 'datetime', 'phone'))
);

CREATE TABLE catalogues (
  program   int    PRIMARY KEY REFERENCES programs,
  minimum   bigint NOT NULL CHECK (minimum >= 0),                 -- of an order, in hundredths of the program's currency
  postcodes text[] NOT NULL,                                      -- that it delivers to; empty: everywhere
  url       text   NOT NULL,                                      -- of an order, with {number}
  items     jsonb  NOT NULL CHECK (jsonb_typeof(items) = 'array')
);

-- The last number given, of orders and of reservations.
CREATE TABLE numbers (
  program int    REFERENCES programs,
  kind    text   CHECK (kind IN ('order', 'reservation')),
  last    int    NOT NULL,
  PRIMARY KEY (program, kind)
);

CREATE TABLE offers (
  id          int         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name        config_name NOT NULL UNIQUE,
  program     int         NOT NULL REFERENCES programs,
  title       jsonb       NOT NULL CHECK (jsonb_typeof(title) = 'object'), -- language → text; '' is for all
  amount      bigint      NOT NULL CHECK (amount >= 0),                    -- what a coupon is worth, in hundredths
  opens       text        NOT NULL,                                        -- wall clock of the program; empty: no bound
  closes      text        NOT NULL,
  valid_days  int         NOT NULL CHECK (valid_days >= 0),                -- of a coupon; 0: no bound but valid_until
  valid_until text        NOT NULL,                                        -- wall clock of the program; empty: no bound
  total       int         NOT NULL CHECK (total >= 0),                     -- 0: no limit
  per_phone   int         NOT NULL CHECK (per_phone >= 0),
  per_place   int         NOT NULL CHECK (per_place >= 0),
  prefix      text        NOT NULL,
  length      int         NOT NULL CHECK (length BETWEEN 4 AND 20),
  url         text        NOT NULL,                                        -- with {code}
  printed     text[]      NOT NULL,                                        -- codes on packs and receipts
  issued      int         NOT NULL DEFAULT 0 CHECK (total = 0 OR issued <= total)
);

CREATE TABLE coupons (
  code        text        COLLATE "C" PRIMARY KEY, -- as codes are compared: capitals and digits
  shown       text        NOT NULL,                -- as people read it
  offer       int         NOT NULL REFERENCES offers,
  msisdn      bigint,                              -- none: printed
  short_code  int,
  talk        bigint,
  variant     text        NOT NULL DEFAULT '',
  place       text        NOT NULL DEFAULT '',
  sent        jsonb,                               -- what the conversation gave with it
  issued_at   timestamptz NOT NULL,
  valid_until timestamptz,
  used_at     timestamptz,
  used_by     text,                                -- a till, or the phone's program
  used_place  text,
  ask         bigint,                              -- that issued it
  used_ask    bigint,                              -- that used it
  CHECK ((used_at IS NULL) = (used_by IS NULL))
);
CREATE INDEX coupons_phone ON coupons (msisdn, offer) WHERE msisdn IS NOT NULL;
CREATE INDEX coupons_place ON coupons (offer, place) WHERE place <> '';
CREATE INDEX coupons_ask ON coupons (ask) WHERE ask IS NOT NULL;
CREATE INDEX coupons_used_ask ON coupons (used_ask) WHERE used_ask IS NOT NULL;

CREATE TABLE points (
  program int    REFERENCES programs,
  msisdn  bigint,
  balance bigint NOT NULL CHECK (balance >= 0),
  PRIMARY KEY (msisdn, program)
);

-- Every change of a card; its sum is the balance.
CREATE TABLE point_entries (
  id         bigint      PRIMARY KEY, -- of the ask
  program    int         NOT NULL REFERENCES programs,
  msisdn     bigint      NOT NULL,
  short_code int         NOT NULL,
  talk       bigint      NOT NULL,
  at         timestamptz NOT NULL,
  change     bigint      NOT NULL,
  reason     text        NOT NULL
);
CREATE INDEX point_entries_phone ON point_entries (msisdn, program);

CREATE TABLE polls (
  id      int         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name    config_name NOT NULL UNIQUE,
  program int         NOT NULL REFERENCES programs,
  opens   text        NOT NULL,
  closes  text        NOT NULL,
  choices jsonb       NOT NULL CHECK (jsonb_typeof(choices) = 'object'), -- choice → language → title; empty: any choice
  votes   int         NOT NULL DEFAULT 0                                 -- the last number given
);

CREATE TABLE votes (
  poll       int         REFERENCES polls,
  msisdn     bigint,
  short_code int         NOT NULL,
  choice     text        NOT NULL,
  number     int         NOT NULL,
  at         timestamptz NOT NULL,
  ask        bigint      NOT NULL,
  PRIMARY KEY (poll, msisdn) -- one vote per phone
);
CREATE INDEX votes_ask ON votes (ask);
CREATE INDEX votes_phone ON votes (msisdn);

CREATE TABLE games (
  id        int         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name      config_name NOT NULL UNIQUE,
  program   int         NOT NULL REFERENCES programs,
  opens     text        NOT NULL,
  closes    text        NOT NULL,
  odds      int         NOT NULL CHECK (odds >= 1),      -- one draw in so many wins
  per_phone int         NOT NULL CHECK (per_phone >= 0), -- draws; 0: no limit
  per_day   int         NOT NULL CHECK (per_day >= 0),   -- of one phone, by the program's clock
  prizes    jsonb       NOT NULL CHECK (jsonb_typeof(prizes) = 'array'),
  codes     text[]      NOT NULL,                        -- on packs; empty: a draw needs none
  folded    text[]      NOT NULL,                        -- the same as codes are compared
  secret    bytea       NOT NULL                         -- decides the draws; an auditor can repeat them with it
);

CREATE TABLE draws (
  id         bigint      PRIMARY KEY, -- of the ask
  game       int         NOT NULL REFERENCES games,
  msisdn     bigint      NOT NULL,
  short_code int         NOT NULL,
  at         timestamptz NOT NULL,
  code       text        NOT NULL,    -- of the pack
  prize      text        NOT NULL,    -- its name; empty: lost
  claim      text        NOT NULL,    -- the code that is shown for the prize
  proof      text        NOT NULL
);
CREATE INDEX draws_phone ON draws (msisdn, game);
CREATE INDEX draws_prize ON draws (game, prize) WHERE prize <> '';
CREATE UNIQUE INDEX draws_code ON draws (game, code) WHERE code <> '';

CREATE TABLE referral_codes (
  code    text   COLLATE "C" PRIMARY KEY,
  shown   text   NOT NULL,
  program int    NOT NULL REFERENCES programs,
  msisdn  bigint NOT NULL,
  UNIQUE (msisdn, program)
);

-- Who came by whose code.
CREATE TABLE referrals (
  program int         REFERENCES programs,
  msisdn  bigint,     -- the friend
  code    text        COLLATE "C" REFERENCES referral_codes ON DELETE SET NULL,
  at      timestamptz NOT NULL,
  ask     bigint      NOT NULL,
  PRIMARY KEY (msisdn, program)
);
CREATE INDEX referrals_ask ON referrals (ask);
CREATE INDEX referrals_code ON referrals (code);

CREATE TABLE orders (
  id         bigint      PRIMARY KEY, -- of the ask
  program    int         NOT NULL REFERENCES programs,
  number     int         NOT NULL,
  msisdn     bigint      NOT NULL,
  short_code int         NOT NULL,
  talk       bigint      NOT NULL,
  place      text        NOT NULL,
  address    text        NOT NULL,    -- empty: it is picked up
  wanted_at  timestamptz,             -- not given: at once
  note       text        NOT NULL,
  lines      jsonb       NOT NULL CHECK (jsonb_typeof(lines) = 'array'),
  total      bigint      NOT NULL,    -- in hundredths of currency
  currency   text        NOT NULL,
  state      text        NOT NULL CHECK (state IN ('placed', 'accepted', 'refused', 'ready', 'leaving', 'done')),
  placed_at  timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  changed_by text        NOT NULL DEFAULT '',
  UNIQUE (program, number)
);
CREATE INDEX orders_phone ON orders (msisdn, program, placed_at);
CREATE INDEX orders_open ON orders (placed_at) WHERE state NOT IN ('refused', 'done');

CREATE TABLE reservations (
  id         bigint      PRIMARY KEY, -- of the ask
  program    int         NOT NULL REFERENCES programs,
  number     int         NOT NULL,
  msisdn     bigint      NOT NULL,
  short_code int         NOT NULL,
  talk       bigint      NOT NULL,
  item       text        NOT NULL,
  place      text        NOT NULL,
  at         timestamptz NOT NULL,
  UNIQUE (program, number)
);
CREATE INDEX reservations_item ON reservations (program, item, place);
CREATE INDEX reservations_phone ON reservations (msisdn);
