-- The waiting room: a line per night that was ever too hot to be sold to everybody at once. Two numbers that only grow say how far
-- it is; who waits is known by a signed place and has no row. Replicas move it under the row's lock, a few times a second at most.
-- `switch` and `per_minute` are the desk's word; the rest is the line's own.
CREATE TABLE waiting_rooms (
  event_id     uuid PRIMARY KEY REFERENCES events (id),
  handed_out   bigint NOT NULL DEFAULT 0,          -- the last place that a guest has
  admitted     bigint NOT NULL DEFAULT 0,          -- the last one that may buy
  lapsed       bigint NOT NULL DEFAULT 0,          -- the last one whose turn is over
  reckoned_at  timestamptz NOT NULL,               -- up to when admitting is reckoned
  open_since   timestamptz,                        -- null: closed, everybody buys
  empty_since  timestamptz,
  counted_from timestamptz NOT NULL,               -- arrivals at checkout are counted from here
  arrivals     bigint NOT NULL DEFAULT 0,
  marks        jsonb NOT NULL DEFAULT '[]',        -- how far it was admitted, every few seconds of a turn
  switch       text NOT NULL DEFAULT 'automatic' CHECK (switch IN ('automatic', 'open', 'closed')),
  per_minute   integer CHECK (per_minute BETWEEN 1 AND 600000),  -- null: as many as usual
  CONSTRAINT waiting_rooms_in_order CHECK (0 <= lapsed AND lapsed <= admitted AND admitted <= handed_out)
);

-- A place that was used at checkout: for one buyer's orders, a first and two corrections. So one pass is no hundred guests'.
CREATE TABLE waiting_room_passes (
  event_id uuid NOT NULL REFERENCES waiting_rooms (event_id),
  place    bigint NOT NULL,
  buyer    bytea NOT NULL,                         -- hash of the address
  requests bytea[] NOT NULL CONSTRAINT waiting_room_passes_few CHECK (cardinality(requests) <= 3),
  used_at  timestamptz NOT NULL,
  PRIMARY KEY (event_id, place)
);
CREATE INDEX waiting_room_passes_old ON waiting_room_passes (used_at);
