REVOKE UPDATE (to_name, to_email) ON ticket_transfers FROM purchase;
DROP TABLE buyers_archived, erasures_open, guest_keys, ended_guest_sessions, account_orders, accounts;
