-- How much each client and each person may still try: the instant at which an allowance is whole again (GCRA). Shared by all
-- replicas. Keys are digests: no address stands here.
--
-- UNLOGGED: a try costs no WAL, and what a crash forgets is that somebody had tried a few times, which harms nobody.
CREATE UNLOGGED TABLE allowances (
  key      bytea PRIMARY KEY CHECK (octet_length(key) = 32),
  whole_at timestamptz NOT NULL,                    -- in the past: whole, and the row may go
  allowed  boolean NOT NULL                         -- what the latest try was told
) WITH (fillfactor = 50);                           -- a try changes no indexed column: room on the page keeps the index out of it
