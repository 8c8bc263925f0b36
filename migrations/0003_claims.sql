-- +goose Up
-- When a message was claimed last. Marketing that went back to the outbox finds its own attempt among those of
-- consents.sent by it, and a return that is recorded twice does not undo a later claim.
ALTER TABLE outbound ADD COLUMN claimed_at timestamptz;

-- The parts of a phone are looked for without knowing the carrier.
ALTER TABLE mo_sets DROP CONSTRAINT mo_sets_pkey, ADD PRIMARY KEY (msisdn, short_code, carrier, kind, ref, total);
