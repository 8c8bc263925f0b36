-- +goose Up

-- What was deleted but is part of what happened: messages, consents, coupons, votes and draws refer to it by its
-- id. It is no configuration any more; an object of the same name brings it back.
ALTER TABLE carriers ADD COLUMN retired_at timestamptz;
ALTER TABLE programs ADD COLUMN retired_at timestamptz;
ALTER TABLE offers ADD COLUMN retired_at timestamptz;
ALTER TABLE polls ADD COLUMN retired_at timestamptz;
ALTER TABLE games ADD COLUMN retired_at timestamptz;
