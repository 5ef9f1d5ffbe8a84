-- One sign-in of a guest on one device: good for 30 days after it was last seen, and for 180 days at most.
CREATE TABLE guest_sessions (
  id            uuid PRIMARY KEY,
  account_id    uuid NOT NULL REFERENCES accounts (id),
  proof         text NOT NULL,                       -- how they showed who they are
  second_factor boolean NOT NULL,
  created_at    timestamptz NOT NULL,
  seen_at       timestamptz NOT NULL,
  expires_at    timestamptz NOT NULL CHECK (expires_at <= created_at + interval '180 days'),
  ended_at      timestamptz,
  ended_why     text,
  address       text NOT NULL,
  agent         text NOT NULL CHECK (length(agent) <= 400),
  proved_at     timestamptz NOT NULL,                -- when they last showed who they are
  csrf          text NOT NULL CHECK (length(csrf) BETWEEN 20 AND 60), -- what its forms carry
  CONSTRAINT guest_sessions_end_for_a_reason CHECK ((ended_at IS NULL) = (ended_why IS NULL))
);
CREATE INDEX guest_sessions_open ON guest_sessions (account_id, seen_at DESC) WHERE ended_at IS NULL;
CREATE INDEX guest_sessions_ended ON guest_sessions (account_id, ended_at) WHERE ended_at IS NOT NULL;

-- What a browser renews its session with. A used one names its successor; used again later, it was stolen.
CREATE TABLE refresh_tokens (
  token_hash     bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
  session_id     uuid NOT NULL REFERENCES guest_sessions (id) ON DELETE CASCADE,
  made_at        timestamptz NOT NULL,
  used_at        timestamptz,
  successor_hash bytea CHECK (octet_length(successor_hash) = 32),
  CONSTRAINT refresh_tokens_successors_of_used_ones CHECK (successor_hash IS NULL OR used_at IS NOT NULL)
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);

-- What signs the guests' tokens; the private halves are sealed.
CREATE TABLE guest_keys (
  kid         text PRIMARY KEY CHECK (length(kid) BETWEEN 1 AND 60),
  seed_sealed bytea NOT NULL,
  made_at     timestamptz NOT NULL,
  retired_at  timestamptz
);
