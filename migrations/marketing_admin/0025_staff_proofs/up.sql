-- Of the staff whose password was right, those who have yet to give their second factor. The browser holds the token; here is
-- its SHA-256. One row per sign-in under way, for ten minutes and five tries.
CREATE TABLE staff_pending (
  token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
  staff_id   uuid NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
  -- What the password was when it was compared: with another one the sign-in begins anew.
  password   bytea NOT NULL CHECK (length(password) = 32),
  next       text NOT NULL CHECK (length(next) <= 2000),
  tries      smallint NOT NULL DEFAULT 0 CHECK (tries >= 0),
  expires_at timestamptz NOT NULL
);
CREATE INDEX staff_pending_of ON staff_pending (staff_id);
CREATE INDEX staff_pending_over ON staff_pending (expires_at);

-- When a session was last used, to the minute: at the desk it ends when nobody has used it for a while. NULL: never since it began.
ALTER TABLE sessions ADD COLUMN seen_at timestamptz;
