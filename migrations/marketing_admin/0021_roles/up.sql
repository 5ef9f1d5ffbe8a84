-- Roles of the club's own making. The nine that it has from the start are no rows: they are the program's.
CREATE TABLE roles (
  code        text PRIMARY KEY CHECK (code ~ '^[a-z0-9]+(_[a-z0-9]+)*$' AND length(code) <= 60)
              CHECK (code NOT IN ('owner', 'manager', 'box_office', 'door_supervisor', 'door_staff', 'vip_host', 'promoter',
                                  'marketing', 'accountant')),
  name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  permissions text[] NOT NULL,   -- codes of permissions; one that the program does not know is nobody's
  changed_at  timestamptz NOT NULL,
  retired_at  timestamptz        -- given to nobody any more, and lets nobody do anything
);

-- People tell roles apart by their names; that of a retired one is free again.
CREATE UNIQUE INDEX roles_names ON roles (lower(name)) WHERE retired_at IS NULL;

-- The nights that a member of the staff is bound to. Without a row they work on all of them.
CREATE TABLE staff_nights (
  staff_id uuid NOT NULL REFERENCES staff (id),
  event_id uuid NOT NULL REFERENCES events (id),
  given_at timestamptz NOT NULL,
  PRIMARY KEY (staff_id, event_id)
);
