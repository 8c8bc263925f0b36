-- +goose Up

-- How long messages and conversations are kept, whole days at a time; 0: for
-- ever. What has an id below forgotten is gone.
CREATE TABLE retention (
  one       boolean PRIMARY KEY DEFAULT true CHECK (one),
  keep_days int     NOT NULL DEFAULT 0 CHECK (keep_days = 0 OR keep_days BETWEEN 35 AND 3660),
  forgotten bigint  NOT NULL DEFAULT 0
);
INSERT INTO retention DEFAULT VALUES;
