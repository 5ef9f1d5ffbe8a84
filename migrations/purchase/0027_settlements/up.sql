-- Settlements of nights: signed, numbered in one series a year without a gap, and never changed. A second one of a night is a new
-- number that names the one it replaces.
CREATE TABLE settlement_series (
  year    integer PRIMARY KEY CHECK (year BETWEEN 2000 AND 9999),
  last    bigint NOT NULL CHECK (last >= 1),
  last_at timestamptz NOT NULL
);

CREATE TABLE settlements (
  number   text PRIMARY KEY,                       -- as it is printed
  year     integer NOT NULL REFERENCES settlement_series (year),
  ordinal  bigint NOT NULL CHECK (ordinal >= 1),
  event_id uuid NOT NULL REFERENCES events (id),
  replaces text CONSTRAINT settlements_replaced_once UNIQUE REFERENCES settlements (number),
  made_by  text NOT NULL,
  made_at  timestamptz NOT NULL,
  file     text NOT NULL,                          -- the signed file, as it is given out
  CONSTRAINT settlements_once UNIQUE (year, ordinal)
);
CREATE INDEX settlements_event ON settlements (event_id, year, ordinal);

REVOKE DELETE, TRUNCATE ON settlement_series FROM purchase;
REVOKE UPDATE, DELETE, TRUNCATE ON settlements FROM purchase;
