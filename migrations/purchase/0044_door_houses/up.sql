-- What the door said last of each night (`door.changed`): how many people are inside, and how many may be. Who buys at the door is
-- stopped by it, see services/purchase/src/box_office/house.rs. No foreign key: the door may speak of a night before it is heard of.
CREATE TABLE door_houses (
  event_id     uuid PRIMARY KEY,
  revision     bigint NOT NULL,
  inside       bigint NOT NULL,
  limit_people bigint CHECK (limit_people > 0), -- null: as many as come
  said_at      timestamptz NOT NULL             -- by the door's clock
);
