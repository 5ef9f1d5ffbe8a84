DROP FUNCTION forget_recipient;
DROP TABLE buyers_archived, erasures_open, guest_keys, ended_guest_sessions, account_orders, accounts;
