REVOKE SELECT (id, title, status, starts_at, ends_at, time_zone, venue_name) ON events FROM purchase_guest;
DROP POLICY account ON ticket_transfers;
DROP POLICY account ON tickets;
DROP POLICY account ON orders;
DROP FUNCTION guest_tickets, guest_orders;
DROP FUNCTION forget_recipient;
DROP TABLE buyers_archived, erasures_open, guest_keys, ended_guest_sessions, account_orders, accounts;
