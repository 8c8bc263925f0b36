-- +goose Up

ALTER TABLE programs ADD COLUMN segment_price double precision NOT NULL DEFAULT 0 CHECK (segment_price BETWEEN 0 AND 100);
