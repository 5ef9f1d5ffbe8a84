-- Floor plans: the club's templates with all their versions, the pictures that plans show, and each night's own plan.

CREATE TABLE floor_plans (
  id          uuid PRIMARY KEY,                     -- UUIDv7
  name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 80 AND name = btrim(name)),
  created_at  timestamptz NOT NULL,
  archived_at timestamptz
);
CREATE UNIQUE INDEX floor_plans_name ON floor_plans (lower(name));

-- A drawing as it was saved (domain::floor_plan::FloorPlan). The latest is what a night copies.
CREATE TABLE floor_plan_versions (
  plan_id uuid NOT NULL REFERENCES floor_plans (id),
  version integer NOT NULL CHECK (version >= 1),
  drawing jsonb NOT NULL,
  made_by uuid,                                     -- of the staff; their account may be gone
  made_at timestamptz NOT NULL,
  PRIMARY KEY (plan_id, version)
);

-- Pictures beneath plans and of tables, made anew from their pixels: JPEG without metadata, shown to everybody.
CREATE TABLE plan_pictures (
  id         uuid PRIMARY KEY,                      -- UUIDv7
  media_type text NOT NULL CHECK (media_type = 'image/jpeg'),
  bytes      bytea NOT NULL CHECK (octet_length(bytes) BETWEEN 1 AND 4194304),
  made_at    timestamptz NOT NULL
);

-- A night's own plan: a copy of a template, with what its tables cost (domain::floor_plan::NightPlan).
CREATE TABLE night_plans (
  event_id   uuid PRIMARY KEY REFERENCES events (id),
  revision   bigint NOT NULL CHECK (revision >= 1),
  plan_id    uuid REFERENCES floor_plans (id),      -- the template it was copied from; null: it was sent whole
  version    integer,
  night      jsonb NOT NULL,
  zone_id    uuid NOT NULL REFERENCES zones (id),   -- to which its tables give entry
  opened_at  timestamptz,                           -- when guests could first book: from then on no table leaves it
  changed_at timestamptz NOT NULL
);
CREATE INDEX night_plans_zone ON night_plans (zone_id);

-- A table's key is one night's for ever, so that what is sold under it is never another night's.
CREATE TABLE night_tables (
  table_id uuid PRIMARY KEY,
  event_id uuid NOT NULL REFERENCES events (id)
);
CREATE INDEX night_tables_event ON night_tables (event_id);

REVOKE TRUNCATE ON floor_plans, floor_plan_versions, plan_pictures, night_plans, night_tables FROM marketing_admin;
