-- A short PIN of a member of the staff: good on enrolled phones of the door and nowhere else. It goes with the password or
-- role it was set under.
CREATE TABLE pins (
  staff_id uuid PRIMARY KEY REFERENCES staff (id),
  pin_hash text NOT NULL CHECK (pin_hash LIKE '$argon2id$%'),
  set_at   timestamptz NOT NULL
);

-- Wrong PINs of a person on a phone since the last right one. A try is counted before it is looked at: many at once are
-- many, which a count of what was refused would learn too late.
CREATE TABLE pin_tries (
  staff_id     uuid NOT NULL REFERENCES staff (id),
  device       uuid NOT NULL,
  wrong        integer NOT NULL CHECK (wrong >= 1),
  tried_at     timestamptz NOT NULL,
  locked_until timestamptz,
  PRIMARY KEY (staff_id, device)
);
