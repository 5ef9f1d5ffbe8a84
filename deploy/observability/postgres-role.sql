-- The exporter's role: it may count what waits and read no name, address or key. Give it a password with \password.
CREATE ROLE observer LOGIN;
GRANT pg_monitor TO observer;
GRANT USAGE ON SCHEMA purchase, marketing_admin, scanner TO observer;
GRANT SELECT (state, held_until) ON purchase.orders TO observer;
GRANT SELECT (state, created_at, retried_at) ON purchase.refunds TO observer;
-- These show each guest their own rows; the exporter counts all.
DROP POLICY IF EXISTS observer ON purchase.orders;
DROP POLICY IF EXISTS observer ON purchase.refunds;
DROP POLICY IF EXISTS observer ON purchase.waitlist;
DROP POLICY IF EXISTS observer ON marketing_admin.emails;
CREATE POLICY observer ON purchase.orders FOR SELECT TO observer USING (true);
CREATE POLICY observer ON purchase.refunds FOR SELECT TO observer USING (true);
CREATE POLICY observer ON purchase.waitlist FOR SELECT TO observer USING (true);
CREATE POLICY observer ON marketing_admin.emails FOR SELECT TO observer USING (true);
GRANT SELECT (state, offered_until) ON purchase.waitlist TO observer;
GRANT SELECT (asked_at) ON purchase.guest_list TO observer;
GRANT SELECT (started_at, reopened_at, finished_at) ON purchase.cancellations TO observer;
GRANT SELECT (started_at, finished_at, list_followed) ON purchase.new_dates TO observer;
GRANT SELECT (state, received_at) ON purchase.webhook_events TO observer;
GRANT SELECT (resolved_at) ON purchase.quarantine TO observer;
GRANT SELECT (status, answer_by) ON purchase.disputes TO observer;
GRANT SELECT (status, currency, made_at) ON purchase.payouts TO observer;
GRANT SELECT (state, created_at) ON marketing_admin.emails TO observer;
GRANT SELECT (id, entry_from, ends_at) ON scanner.events TO observer;
GRANT SELECT (event_id, inside, limit_people) ON scanner.occupancy TO observer;
GRANT SELECT (event_id, conflicts_open, devices_silent, queue_length) ON scanner.door_states TO observer;
