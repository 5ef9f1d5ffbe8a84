-- When a session was last used, to the minute: at the desk it ends when nobody has used it for a while. NULL: never since it began.
ALTER TABLE sessions ADD COLUMN seen_at timestamptz;
