-- Wrong PINs on an enrolled phone, whoever was named, besides those of each person that the desk counts. A try is counted before it is
-- looked at, and taken off again if it was right.
create table device_pins (
    device_id    uuid primary key references devices (id),
    wrong        integer not null check (wrong >= 0),
    since        timestamptz not null, -- the first of them
    locked_until timestamptz
);
revoke delete, truncate on device_pins from scanner;
