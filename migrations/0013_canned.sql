-- +goose Up

-- Answers that people who answer by hand have ready: [{"title", "text"}].
ALTER TABLE programs ADD COLUMN canned jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(canned) = 'array');
