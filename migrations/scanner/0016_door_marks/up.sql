-- By what phones notice that this database was put back to an earlier time: which records they are, and how often phones were heard. A
-- phone that was told a higher number of the same records than stands here has heard what these no longer know; then they are other records,
-- and every phone sends again what it keeps. One row, there from the beginning.
create table door_marks (
    singleton boolean primary key default true check (singleton),
    house     uuid not null default gen_random_uuid(),
    mark      bigint not null default 0 check (mark >= 0),
    changed_at timestamptz not null default '-infinity' -- when they became other records
);
insert into door_marks default values;
revoke insert, delete, truncate on door_marks from scanner;
