-- +goose Up

ALTER TABLE carriers ADD COLUMN paused boolean NOT NULL DEFAULT false;
