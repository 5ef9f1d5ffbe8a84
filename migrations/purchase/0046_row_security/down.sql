DROP POLICY IF EXISTS observer ON orders;
DROP POLICY IF EXISTS observer ON refunds;
REVOKE SELECT ON ticket_types FROM purchase_guest;
DO $$
DECLARE
    name text;
BEGIN
    -- ticket_transfers first: its policy reads tickets.
    FOREACH name IN ARRAY ARRAY['ticket_transfers', 'orders', 'order_lines', 'order_answers', 'attempts', 'payments', 'refunds',
                                'tickets'] LOOP
        EXECUTE format('DROP POLICY guest ON %I', name);
        EXECUTE format('DROP POLICY house ON %I', name);
        EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', name);
        EXECUTE format('REVOKE SELECT ON %I FROM purchase_guest', name);
    END LOOP;
END
$$;
REVOKE USAGE ON SCHEMA purchase FROM purchase_guest;
