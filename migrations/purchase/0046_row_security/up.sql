-- What a guest's page reads of an order it reads as purchase_guest, a role that sees the rows of one order and changes nothing: a
-- query that forgets its WHERE shows nobody else's tickets. Which order is said by the setting maguey.order_key of the
-- transaction (crates/db, as_guest); without it there are no rows. Until the key in its address was looked at there is only
-- maguey.order_reference: the order's own row, and nothing that belongs to it.
--
-- For the service's own role every row passes, by a policy that is the constant true: the planner drops it before anything is
-- planned, so that no statement of the service is slower by it. The owner of the tables, who migrates, is under no policy.
GRANT USAGE ON SCHEMA purchase TO purchase_guest;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['orders', 'order_lines', 'order_answers', 'attempts', 'payments', 'refunds', 'tickets',
                                'ticket_transfers'] LOOP
        EXECUTE format('GRANT SELECT ON %I TO purchase_guest', name);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY house ON %I TO purchase USING (true) WITH CHECK (true)', name);
        CASE name
        WHEN 'orders' THEN
            EXECUTE 'CREATE POLICY guest ON orders FOR SELECT TO purchase_guest
                     USING (id = nullif(current_setting(''maguey.order_key'', true), '''')::uuid
                            OR reference = nullif(current_setting(''maguey.order_reference'', true), ''''))';
        WHEN 'ticket_transfers' THEN
            -- Under the policies of tickets. An array, so that it is looked up by index beside what else may be seen.
            EXECUTE 'CREATE POLICY guest ON ticket_transfers FOR SELECT TO purchase_guest
                     USING (from_ticket = ANY (ARRAY(SELECT t.id FROM tickets t)))';
        ELSE
            EXECUTE format('CREATE POLICY guest ON %I FOR SELECT TO purchase_guest
                            USING (order_id = nullif(current_setting(''maguey.order_key'', true), '''')::uuid)', name);
        END CASE;
    END LOOP;
END
$$;
-- Names of ticket types stand beside answers; they are on the public page anyway.
GRANT SELECT ON ticket_types TO purchase_guest;

-- Who counts what waits (deploy/observability/postgres-role.sql) goes on seeing all of it.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'observer') THEN
        CREATE POLICY observer ON orders FOR SELECT TO observer USING (true);
        CREATE POLICY observer ON refunds FOR SELECT TO observer USING (true);
    END IF;
END
$$;
