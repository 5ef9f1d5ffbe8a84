-- Doors that were open and are to open later now: somebody may be inside although it is before entry_from. From that revision of the
-- night on, a ticket is changed or exchanged only on the door's word that nobody came in with it.
ALTER TABLE events ADD COLUMN shut_revision bigint;

-- What the door said of a ticket. It says it when it knows the night as of shut_revision: from then on nobody comes in, so that
-- "outside" stays true until the doors open again, and then nothing is changed anyway.
CREATE TABLE door_words (
  ticket_id     uuid PRIMARY KEY REFERENCES tickets (id),
  shut_revision bigint NOT NULL,
  inside        boolean NOT NULL,
  said_at       timestamptz NOT NULL
);
