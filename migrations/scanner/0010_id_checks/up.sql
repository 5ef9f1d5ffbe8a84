-- Whose document was looked at on the way in, and whether it was good. No copy of it, and nothing that stands in it. No foreign key,
-- as with scans. Erased with the incidents of its time, for a note may tell of a person.
create table id_checks (
    scan_id  uuid primary key,
    event_id uuid not null,
    passed   boolean not null,
    staff_id uuid not null,
    device   uuid not null,
    at       timestamptz not null,
    note     text check (length(note) between 1 and 500)
);
create index id_checks_at on id_checks (at);
revoke update, truncate on id_checks from scanner;
