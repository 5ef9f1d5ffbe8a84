-- A night that was called off: everybody's money goes back in the background. What is left to do is not kept here, it is what the
-- orders say: so the work goes on where it stood, whoever died.
CREATE TABLE cancellations (
  event_id    uuid PRIMARY KEY REFERENCES events (id),
  started_at  timestamptz NOT NULL,
  finished_at timestamptz
);
CREATE INDEX cancellations_open ON cancellations (started_at) WHERE finished_at IS NULL;
REVOKE DELETE, TRUNCATE ON cancellations FROM purchase;
