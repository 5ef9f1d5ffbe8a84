-- Projection of `door.changed`: how a night's door stands, for the owner's dashboard. No foreign key to the event: the news may
-- come first.
CREATE TABLE door_states (
  event_id        uuid PRIMARY KEY,
  revision        bigint NOT NULL,
  inside          bigint NOT NULL,
  inside_revision bigint NOT NULL,
  limit_people    bigint CHECK (limit_people > 0),   -- NULL: none
  conflicts_open  bigint NOT NULL,                   -- tickets that were let in twice, and that nobody has looked at
  devices_seen    bigint NOT NULL,
  devices_silent bigint NOT NULL,                    -- seen tonight, and silent since
  queue_length    bigint NOT NULL,                   -- scans that wait on phones
  changed_at      timestamptz NOT NULL
);
