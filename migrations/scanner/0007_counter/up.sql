-- Who has no code to show, who was let in by mistake, and who has no ticket at all.

-- A hash of the address of a ticket's person, bound to the night (domain::look_up); empty where there is none. Door staff find a
-- ticket by an address that its guest says, and see none.
alter table admissions add column buyer_email_hash bytea not null default '';
create index admissions_email on admissions (event_id, buyer_email_hash) where buyer_email_hash <> '';

-- What a ticket is found by: the words of its holder's name as domain::look_up writes them, its order's reference, and the last four
-- signs of that and of its own id. Filled with admissions; no foreign key, for the same reason as with scans. "C": the words that
-- begin like what was typed are one range of the index, whatever the database's language.
create table search_words (
    event_id  uuid not null,
    word      text collate "C" not null,
    ticket_id uuid not null,
    primary key (event_id, word, ticket_id)
);
create index search_words_ticket on search_words (ticket_id, word);

-- Who asked for whom to be let in without a code, and why. Written before the verdict, which is the scan of the same device and nonce.
create table check_ins (
    device    uuid not null,
    nonce     text not null check (octet_length(nonce) between 1 and 128),
    event_id  uuid not null,
    gate_id   uuid not null,
    ticket_id uuid not null,
    reason    text not null check (reason in ('phone_dead', 'no_code', 'guest_list', 'other')),
    note      text check (length(note) between 1 and 500),
    staff_id  uuid not null,
    at        timestamptz not null,
    primary key (device, nonce),
    check (reason <> 'other' or note is not null)
);
create index check_ins_ticket on check_ins (ticket_id);

-- People without tickets who came or went, and corrections. Only ever added to: the number inside is what they and the entries make.
create table counts (
    id       uuid primary key,
    event_id uuid not null,
    gate_id  uuid,                                    -- null: counted at no gate
    by       integer not null check (by <> 0 and by between -50 and 50),
    reason   text check (length(reason) between 1 and 500),
    device   uuid not null,
    staff_id uuid not null,
    nonce    text not null check (octet_length(nonce) between 1 and 128),
    at       timestamptz not null,
    constraint counts_once unique (device, nonce)
);
create index counts_event on counts (event_id, at);

-- Scans that were undone, each once. `inside` is by how much that changed the number of people inside.
create table undos (
    scan_id   uuid primary key,
    event_id  uuid not null,
    ticket_id uuid not null,
    inside    integer not null check (inside between -1 and 1),
    reason    text not null check (length(reason) between 1 and 500),
    device    uuid not null,
    staff_id  uuid not null,
    at        timestamptz not null
);
create index undos_event on undos (event_id, at);

revoke update, delete, truncate on check_ins, counts, undos from scanner;
