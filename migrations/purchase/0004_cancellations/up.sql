-- A night that was called off: everybody's money goes back in the background. What is left to do is not kept here, it is what the
-- orders say: so the work goes on where it stood, whoever died.
CREATE TABLE cancellations (
  event_id    uuid PRIMARY KEY REFERENCES events (id),
  started_at  timestamptz NOT NULL,
  reopened_at timestamptz,                         -- when something came to it that goes back as well: a dispute was won
  finished_at timestamptz
);
CREATE INDEX cancellations_open ON cancellations (started_at) WHERE finished_at IS NULL;
REVOKE DELETE, TRUNCATE ON cancellations FROM purchase;
-- A night that got a new date: whoever holds tickets is written to, once. `reached` is the last address that was, in
-- their order, written in the transaction that asks for its mail: so the work goes on where it stood, whoever died.
CREATE TABLE new_dates (
  id             uuid PRIMARY KEY,                 -- the desk's: each is told once
  event_id       uuid NOT NULL REFERENCES events (id),
  from_starts_at timestamptz NOT NULL,
  to_starts_at   timestamptz NOT NULL,
  note           text NOT NULL,
  started_at     timestamptz NOT NULL,
  reached        text NOT NULL DEFAULT '',
  mailed         bigint NOT NULL DEFAULT 0,
  finished_at    timestamptz,
  list_followed  boolean NOT NULL DEFAULT false,   -- whether the cut-offs of the guest list have moved along
  -- One that can't be gone on with waits by itself, and stops no other.
  tries          integer NOT NULL DEFAULT 0,       -- that came to nothing, one after the other
  problem        text,                             -- why the last one did, for staff
  next_try_at    timestamptz NOT NULL
);
CREATE INDEX new_dates_to_do ON new_dates (next_try_at) WHERE finished_at IS NULL OR NOT list_followed;
REVOKE DELETE, TRUNCATE ON new_dates FROM purchase;
