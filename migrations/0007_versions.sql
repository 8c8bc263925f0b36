-- +goose Up

ALTER TABLE flow_versions ADD COLUMN published_by text NOT NULL DEFAULT ''; -- who, for the record

-- The version that new conversations begin on, whatever was published since.
ALTER TABLE flows ADD COLUMN pinned int, ADD FOREIGN KEY (name, pinned) REFERENCES flow_versions (flow, version);

-- One draft of each flow: its number is that of the version which it will be.
CREATE UNIQUE INDEX flow_versions_draft ON flow_versions (flow) WHERE state = 'draft';
