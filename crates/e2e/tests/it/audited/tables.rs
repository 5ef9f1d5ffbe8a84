//! Mistakes with tables and parties.

/// What was bought is a table.
macro_rules! a_table {
    () => {
        "update purchase.ticket_types set terms = terms || '{\"kind\": \"table\"}';"
    };
}

/// Who bought it has reserved it, in a state, whose table is theirs or not, and who came at a time or not.
macro_rules! reserved {
    ($state:literal, $live:literal, $came:literal) => {
        concat!(
            "insert into purchase.reservations (id, event_id, order_id, state, party, booker_name, booker_email, language,
                                                arrives_at, currency, minimum_minor, deposit_minor, made_at, changed_at,
                                                checked_in_at)
             select id, event_id, id, '",
            $state,
            "', 2, 'Ana', 'ana@example.org', 'en',
                    (select e.starts_at from purchase.events e where e.id = orders.event_id), currency, total_minor, total_minor, now(), now(), ",
            $came,
            " from purchase.orders;
             insert into purchase.reserved_tables (reservation_id, table_id, event_id, position, live)
             select o.id, l.ticket_type_id, o.event_id, 0, ",
            $live,
            " from purchase.orders o join purchase.order_lines l on l.order_id = o.id and l.kind = 'ticket';"
        )
    };
    () => {
        reserved!("confirmed", "true", "null")
    };
}

/// A mistake for each check on tables, by the check's name.
pub(super) const MISTAKES: &[(&str, &str)] = &[
    // It is paid for, and its table was given away all the same.
    ("a reservation stands where the order that pays for it lets it", reserved!("expired", "false", "null")),
    (
        "a party has a pass for each of its people and a seat at its tables, and none once it is called off",
        concat!(reserved!(), "update purchase.reservations set party = 3"),
    ),
    (
        "a table of a night is one live party's",
        concat!(
            "alter table purchase.reserved_tables drop constraint reserved_tables_one_live;",
            reserved!(),
            "insert into purchase.reserved_tables (reservation_id, table_id, event_id, position, live)
             select gen_random_uuid(), table_id, event_id, 0, true from purchase.reserved_tables"
        ),
    ),
    (
        "a live party has a table of its night, and who is not live has none",
        concat!(a_table!(), reserved!("confirmed", "false", "null")),
    ),
    ("nobody has places of a table without having reserved it", a_table!()),
    ("an order of a table is a reservation", a_table!()),
    (
        "the deposit that comes off the bill is what its order cost",
        concat!(reserved!(), "update purchase.reservations set deposit_minor = deposit_minor + 1"),
    ),
    (
        "the ticket site has every night's floor plan as the desk drew it",
        "insert into purchase.floor_plans (event_id, revision, open, message, changed_at)
         select id, 1, true, '', now() from purchase.events",
    ),
    ("each table that the desk offers is on sale, and none that it keeps", a_table!()),
    ("the desk has every party as it stands", reserved!()),
    ("the door has every party as it stands", reserved!()),
    ("a party is in since its first guest came in, by an entry of its own", reserved!()),
    (
        "the ticket office knows of each party that came in, and of no other",
        reserved!("checked_in", "true", "now()"),
    ),
    (
        "a party's arrival was told once",
        "insert into scanner.party_check_ins (reservation_id, event_id, scan_id, gate_name, at)
         select gen_random_uuid(), event_id, scan_id, gate_name, admitted_at from scanner.entries",
    ),
    (
        "who settled a bill, called a paid party off or gave its table away stands in the audit log",
        reserved!("no_show", "false", "null"),
    ),
    (
        "who let guests book the tables of a night stands in the audit log",
        "insert into marketing_admin.night_plans (event_id, revision, night, zone_id, opened_at, changed_at)
         select id, 1, '{}', gen_random_uuid(), now(), now() from marketing_admin.events",
    ),
];
