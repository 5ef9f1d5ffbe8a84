-- Orders :from to :until of a club that has been open for years, a thousand a night, two tickets each: one in twenty was
-- never paid, one in fifty went back, all others came. As the three services would have left them by now, what is told and
-- forgotten by age included. The nights are copies of one that the desk has made (:template).
-- Without triggers: the rows agree with each other as they stand.
SET session_replication_role = replica;
SET synchronous_commit = off;
SET work_mem = '128MB';

CREATE SCHEMA IF NOT EXISTS bench;
-- A UUIDv7 of that instant, the same each time.
CREATE OR REPLACE FUNCTION bench.key(kind text, n bigint, at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT (lpad(to_hex(floor(extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || left(h, 3) || '8' || substr(h, 4, 15))::uuid
    FROM md5(kind || n) AS h
$$;

CREATE TEMP TABLE night AS
  SELECT k, starts, starts + interval '8 hours' AS ends, bench.key('event', k, starts) AS event, bench.key('type', k, starts) AS type,
         bench.key('zone', k, starts) AS zone, bench.key('gate', k, starts) AS gate
    FROM generate_series(:from / 1000, (:until - 1) / 1000) AS k,
         LATERAL (SELECT date_trunc('hour', now()) - make_interval(days => k::int + 2) AS starts) AS at;

CREATE TEMP TABLE sale AS
  SELECT n, night.*, paid, CASE WHEN n % 20 = 0 THEN 'expired' WHEN n % 50 = 1 THEN 'refunded' ELSE 'paid' END AS state,
         bench.key('order', n, paid) AS id, bench.key('line', n, paid) AS line, bench.key('payment', n, paid) AS payment,
         bench.key('refund', n, starts) AS refund,
         'B' || translate(lpad(to_hex(n), 7, '0'), '0123456789abcdef', 'ABCDEFGHJKMNPQRS') AS reference
    FROM generate_series(:from::bigint, :until - 1) AS n JOIN night ON night.k = n / 1000,
         LATERAL (SELECT starts - interval '1 day' - n % 1000 * interval '70 seconds' AS paid) AS at;

CREATE TEMP TABLE ticket AS
  SELECT sale.*, ordinal, bench.key('ticket', 2 * n + ordinal, paid) AS ticket, bench.key('scan', 2 * n + ordinal, scanned) AS scan, scanned
    FROM sale CROSS JOIN generate_series(1, 2) AS ordinal, LATERAL (SELECT starts + n % 1000 * interval '10 seconds' AS scanned) AS at
   WHERE state <> 'expired';
ANALYZE night, sale, ticket;

-- ---------------------------------------------------------------- the nights, in all three
INSERT INTO marketing_admin.events SELECT copy.* FROM marketing_admin.events AS e CROSS JOIN night,
  jsonb_populate_record(e, jsonb_build_object('id', event, 'slug', 'grown-' || k, 'starts_at', starts, 'ends_at', ends,
    'entry_from', starts - interval '1 hour', 'entry_until', ends)) AS copy WHERE e.id = :'template';
INSERT INTO marketing_admin.zones SELECT copy.* FROM marketing_admin.zones AS z CROSS JOIN night,
  jsonb_populate_record(z, jsonb_build_object('id', zone, 'event_id', event)) AS copy WHERE z.event_id = :'template';
INSERT INTO marketing_admin.ticket_types SELECT copy.* FROM marketing_admin.ticket_types AS t CROSS JOIN night,
  jsonb_populate_record(t, jsonb_build_object('id', type, 'event_id', event, 'zone_id', zone)) AS copy WHERE t.event_id = :'template';
INSERT INTO purchase.events SELECT copy.* FROM purchase.events AS e CROSS JOIN night,
  jsonb_populate_record(e, jsonb_build_object('id', event, 'slug', 'grown-' || k, 'starts_at', starts, 'ends_at', ends,
    'entry_from', starts - interval '1 hour')) AS copy WHERE e.id = :'template';
INSERT INTO purchase.ticket_types SELECT copy.* FROM purchase.ticket_types AS t CROSS JOIN night,
  jsonb_populate_record(t, jsonb_build_object('id', type, 'event_id', event, 'zone_id', zone)) AS copy WHERE t.event_id = :'template';
INSERT INTO purchase.stock (id, event_id, ticket_type_id, asked_capacity, capacity, held, sold)
  SELECT type, event, type, 2000, 2000, 0, (SELECT count(*) FROM ticket WHERE ticket.k = night.k AND state = 'paid') FROM night;
INSERT INTO scanner.events SELECT copy.* FROM scanner.events AS e CROSS JOIN night,
  jsonb_populate_record(e, jsonb_build_object('id', event, 'slug', 'grown-' || k, 'starts_at', starts, 'ends_at', ends,
    'entry_from', starts - interval '1 hour', 'entry_until', ends)) AS copy WHERE e.id = :'template';
INSERT INTO scanner.zones SELECT copy.* FROM scanner.zones AS z CROSS JOIN night,
  jsonb_populate_record(z, jsonb_build_object('id', zone, 'event_id', event)) AS copy WHERE z.event_id = :'template';
INSERT INTO scanner.gates SELECT copy.* FROM scanner.gates AS g CROSS JOIN night,
  jsonb_populate_record(g, jsonb_build_object('id', gate, 'event_id', event, 'zone_id', zone)) AS copy WHERE g.event_id = :'template';

-- ---------------------------------------------------------------- the ticket office
INSERT INTO purchase.orders (id, reference, event_id, state, revision, buyer_name, buyer_email, language, currency, total_minor,
    held_until, created_at, paid_at, expired_at, refunded_at, next_check_at, receipted)
  SELECT id, reference, event, state, CASE state WHEN 'refunded' THEN 3 ELSE 2 END, 'Guest ' || n % 200000,
         'guest-' || n % 200000 || '@example.com', 'es', 'EUR', 4200, paid + interval '15 minutes', paid - interval '1 minute',
         CASE WHEN state <> 'expired' THEN paid END, CASE state WHEN 'expired' THEN paid + interval '16 minutes' END,
         CASE state WHEN 'refunded' THEN starts END, paid + interval '2 minutes', state <> 'expired'
    FROM sale;
INSERT INTO purchase.order_lines (id, order_id, position, kind, ticket_type_id, label, quantity, places, unit_minor, total_minor,
    tax_minor, tax_basis_points, absorbed_fee_minor, stock_ids)
  SELECT line, id, 0, 'ticket', type, 'Regular', 2, 2, 2000, 4000, 0, 0, 0, ARRAY[type] FROM sale
  UNION ALL
  SELECT bench.key('fee', n, paid), id, 1, 'fee', NULL, 'Service fee', 1, 0, 200, 200, 0, 0, 0, '{}' FROM sale;
INSERT INTO purchase.checkout_requests (key, fingerprint, order_id, created_at)
  SELECT bench.key('wish', n, paid)::text, sha256(int8send(n)), id, paid - interval '1 minute' FROM sale;
INSERT INTO purchase.attempts (id, order_id, state, request, lease_until, session_id, checkout_url, created_at, settled_at)
  SELECT bench.key('attempt', n, paid), id, CASE state WHEN 'expired' THEN 'dead' ELSE 'complete' END,
         jsonb_build_object('order', id, 'reference', reference, 'lines', repeat('a line of what was to be paid ', 8)), paid,
         'cs_grown_' || n, 'https://checkout.example/c/pay/cs_grown_' || n, paid - interval '1 minute', paid
    FROM sale;
INSERT INTO purchase.payments (id, order_id, session_id, payment_intent, amount_minor, currency, purpose, captured_at, refunded_minor)
  SELECT payment, id, 'cs_grown_' || n, 'pi_grown_' || n, 4200, 'EUR', 'order', paid, CASE state WHEN 'refunded' THEN 4200 ELSE 0 END
    FROM sale WHERE state <> 'expired';
INSERT INTO purchase.tickets (id, order_id, order_line_id, ordinal, event_id, ticket_type_id, type_name, zone_id, holder_name, attention,
    state, revision, issued_at, changed_at, place_freed)
  SELECT ticket, id, line, ordinal, event, type, 'Regular', zone, 'Guest ' || n % 200000, '',
         CASE state WHEN 'paid' THEN 'valid' ELSE 'refunded' END, CASE state WHEN 'paid' THEN 1 ELSE 2 END, paid,
         CASE state WHEN 'paid' THEN paid ELSE starts END, state = 'refunded'
    FROM ticket;
INSERT INTO purchase.refunds (id, payment_id, order_id, scope, amount_minor, fees_minor, currency, reason, state, stripe_refund,
    next_try_at, created_at, settled_at)
  SELECT refund, payment, id, 'order', 4200, 200, 'EUR', 'guest', 'succeeded', 're_grown_' || n, starts, starts, starts
    FROM sale WHERE state = 'refunded';
INSERT INTO purchase.refund_tickets (refund_id, ticket_id, inside) SELECT refund, ticket, false FROM ticket WHERE state = 'refunded';

CREATE TEMP TABLE movement AS
  SELECT n, id, bench.key('books', n, paid) AS tx, 'payment' AS source, payment AS source_id, paid AS at, 1 AS sign
    FROM sale WHERE state <> 'expired'
  UNION ALL
  SELECT n, id, bench.key('back', n, starts), 'refund', refund, starts, -1 FROM sale WHERE state = 'refunded';
INSERT INTO purchase.ledger_transactions (id, source, source_id, order_id, booked_at) SELECT tx, source, source_id, id, at FROM movement;
INSERT INTO purchase.ledger_entries (transaction_id, position, account, currency, amount_minor)
  SELECT tx, position, CASE WHEN position = 1 AND sign < 0 THEN 'refunds' ELSE account END, 'EUR', sign * amount
    FROM movement, (VALUES (0, 'stripe_clearing', 4200), (1, 'ticket_revenue', -4000), (2, 'service_fees', -200)) AS e (position, account, amount);
INSERT INTO purchase.stripe_movements (id, kind, payment_intent, order_id, amount_minor, currency, happened_at, seen_at)
  SELECT CASE source WHEN 'payment' THEN 'pi_grown_' ELSE 're_grown_' END || n, source, 'pi_grown_' || n, id, sign * 4200, 'EUR', at, at
    FROM movement;
INSERT INTO purchase.order_books (order_id, event_id, currency, ledger_minor, stripe_minor)
  SELECT id, event, 'EUR', left_of_it, left_of_it FROM sale, LATERAL (SELECT CASE state WHEN 'paid' THEN 4200 ELSE 0 END AS left_of_it) AS at
   WHERE state <> 'expired';
INSERT INTO purchase.webhook_events (id, kind, session_id, body, state, outcome, tries, next_try_at, received_at, processed_at)
  SELECT 'evt_grown_' || n, 'checkout.session.completed', 'cs_grown_' || n,
         CASE WHEN paid > now() - interval '30 days' THEN repeat('{"what": "Stripe says"} ', 100) ELSE '' END,
         'done', 'paid', 1, paid, paid, paid
    FROM sale WHERE state <> 'expired';

WITH numbered AS (
  SELECT id, paid, extract(year FROM paid)::int AS year, row_number() OVER (PARTITION BY extract(year FROM paid) ORDER BY n) AS number
    FROM sale WHERE state <> 'expired'
), series AS (
  INSERT INTO purchase.receipt_series AS s (year, last, last_at) SELECT year, count(*), max(paid) FROM numbered GROUP BY year
  ON CONFLICT (year) DO UPDATE SET last = s.last + excluded.last
)
INSERT INTO purchase.receipt_numbers (order_id, year, number, issued_at, seller)
  SELECT id, numbered.year, number + coalesce(last, 0), paid, '{}' FROM numbered LEFT JOIN purchase.receipt_series AS before USING (year);

-- ---------------------------------------------------------------- the door
INSERT INTO scanner.admissions (ticket_id, revision, event_id, ticket_type_id, type_name, zone_id, holder_name, order_reference, status,
    attention, changed_at)
  SELECT ticket, CASE state WHEN 'paid' THEN 1 ELSE 2 END, event, type, 'Regular', zone, 'Guest ' || n % 200000, reference,
         CASE state WHEN 'paid' THEN 'valid' ELSE 'refunded' END, '', CASE state WHEN 'paid' THEN paid ELSE starts END
    FROM ticket;
INSERT INTO scanner.scans (id, device, nonce, content, event_id, gate_id, zone_id, ticket_id, staff_id, decision, reason, language,
    facts, scanned_at, recorded_at, time_suspect)
  SELECT scan, gate, scan::text, sha256(int8send(n)), event, gate, zone, ticket, gate, 'admit', 'ok', 'es',
         jsonb_build_object('holder', 'Guest ' || n % 200000, 'type_name', 'Regular'), scanned, scanned, false
    FROM ticket WHERE state = 'paid';
INSERT INTO scanner.entries (scan_id, ticket_id, zone_id, event_id, gate_id, gate_name, admitted_at)
  SELECT scan, ticket, zone, event, gate, 'Main', scanned FROM ticket WHERE state = 'paid';
INSERT INTO scanner.occupancy (event_id, inside, revision) SELECT event, count(*), count(*) FROM ticket WHERE state = 'paid' GROUP BY 1;

-- ---------------------------------------------------------------- the desk
INSERT INTO marketing_admin.orders (id, revision, reference, event_id, currency, total_minor, paid_at)
  SELECT id, 2, reference, event, 'EUR', 4200, paid FROM sale WHERE state <> 'expired';
INSERT INTO marketing_admin.sold_tickets (id, order_id, event_id, ticket_type_id, returned)
  SELECT ticket, id, event, type, state = 'refunded' FROM ticket;
INSERT INTO marketing_admin.order_refunds (id, order_id, revision, event_id, currency, amount_minor, reason, takes_revenue, ticket_ids, refunded_at)
  SELECT refund, id, 1, event, 'EUR', 4200, 'refund_reason_guest', true, array_agg(ticket), starts
    FROM ticket WHERE state = 'refunded' GROUP BY refund, id, event, starts;
INSERT INTO marketing_admin.scans (id, event_id, gate_id, ticket_id, admitted, reason, scanned_at, inside_after, inside_revision)
  SELECT scan, event, gate, ticket, true, 'ok', scanned, place, place
    FROM (SELECT *, row_number() OVER (PARTITION BY k ORDER BY scan) AS place FROM ticket WHERE state = 'paid') AS t;
INSERT INTO marketing_admin.event_figures (event_id, orders, tickets_sold, tickets_returned, gross_minor, refunded_minor, admitted, inside, inside_revision)
  SELECT event, count(*) / 2, count(*), count(*) FILTER (WHERE back), 2100 * count(*), 2100 * count(*) FILTER (WHERE back),
         count(*) FILTER (WHERE NOT back), count(*) FILTER (WHERE NOT back), count(*) FILTER (WHERE NOT back)
    FROM (SELECT event, state = 'refunded' AS back FROM ticket) AS t GROUP BY event;
INSERT INTO marketing_admin.ticket_type_figures (event_id, ticket_type_id, sold)
  SELECT event, type, count(*) FILTER (WHERE state = 'paid') FROM ticket GROUP BY event, type;
INSERT INTO marketing_admin.emails (id, template, subject_id, revision, order_id, event_id, reference, recipient, language, payload, state,
    attempts, due_at, give_up_at, provider_id, created_at, settled_at)
  SELECT bench.key('mail', n, paid), 'order_paid', id, 1, id, event, reference, 'guest-' || n % 200000 || '@example.com', 'es',
         CASE WHEN paid > now() - interval '30 days' THEN convert_to(repeat('what it says ', 40), 'UTF8') ELSE '' END, 'sent', 1, paid,
         paid + interval '1 day', 're_mail_' || n, paid, paid
    FROM sale WHERE state <> 'expired'
  UNION ALL
  SELECT bench.key('mail back', n, starts), 'order_refunded', refund, 1, id, event, reference, 'guest-' || n % 200000 || '@example.com', 'es',
         CASE WHEN starts > now() - interval '30 days' THEN convert_to(repeat('what it says ', 40), 'UTF8') ELSE '' END, 'sent', 1, starts,
         starts + interval '1 day', 're_mail_back_' || n, starts, starts
    FROM sale WHERE state = 'refunded';
INSERT INTO marketing_admin.email_attempts (email_id, attempt, outcome, finished_at)
  SELECT CASE template WHEN 'order_paid' THEN bench.key('mail', n, paid) ELSE bench.key('mail back', n, starts) END, 1, 'sent', paid
    FROM sale, (VALUES ('order_paid'), ('order_refunded')) AS t (template)
   WHERE state <> 'expired' AND (template = 'order_paid' OR state = 'refunded');

-- ---------------------------------------------------------------- what they told each other
CREATE TEMP TABLE told AS
  SELECT 'purchase' AS owner, 'order.paid' AS subject, id::text AS aggregate, 2::bigint AS revision, bench.key('told paid', n, paid) AS message, paid AS at
    FROM sale WHERE state <> 'expired'
  UNION ALL
  SELECT 'purchase', 'order.refunded', refund::text, 1, bench.key('told back', n, starts), starts FROM sale WHERE state = 'refunded'
  UNION ALL
  SELECT 'purchase', 'ticket.changed', ticket::text, CASE state WHEN 'paid' THEN 1 ELSE 2 END, bench.key('told ticket', 2 * n + ordinal, paid), paid FROM ticket
  UNION ALL
  SELECT 'scanner', 'ticket.scanned', scan::text, 1, bench.key('told scan', 2 * n + ordinal, scanned), scanned FROM ticket WHERE state = 'paid'
  UNION ALL
  SELECT 'marketing_admin', 'event.changed', event::text, (SELECT revision FROM marketing_admin.events WHERE id = :'template'),
         bench.key('told event', k, starts), starts - interval '30 days' FROM night;
ALTER TABLE told ADD bucket int, ADD checksum bigint;
UPDATE told SET bucket = get_byte(decode(md5(aggregate), 'hex'), 0), checksum = ('x' || left(md5(aggregate || ':' || revision), 16))::bit(64)::bigint;
INSERT INTO purchase.said SELECT subject, aggregate, bucket, revision, checksum FROM told WHERE owner = 'purchase';
INSERT INTO scanner.said SELECT subject, aggregate, bucket, revision, checksum FROM told WHERE owner = 'scanner';
INSERT INTO marketing_admin.said SELECT subject, aggregate, bucket, revision, checksum FROM told WHERE owner = 'marketing_admin';

DELETE FROM told WHERE at < now() - interval '90 days';
CREATE TEMP TABLE kept AS
  SELECT owner, message, subject, aggregate, revision,
         CASE WHEN at > now() - interval '30 days' THEN convert_to(repeat('what it says ', 20), 'UTF8') END AS payload, at
    FROM told;
-- Below every sequence of the stream that runs: it is not to be taken for lost.
INSERT INTO purchase.outbox (message_id, subject, aggregate, revision, payload, created_at, sent_at, stream_sequence)
  SELECT message, subject, aggregate, revision, payload, at, at, 0 FROM kept WHERE owner = 'purchase';
INSERT INTO scanner.outbox (message_id, subject, aggregate, revision, payload, created_at, sent_at, stream_sequence)
  SELECT message, subject, aggregate, revision, payload, at, at, 0 FROM kept WHERE owner = 'scanner';
INSERT INTO marketing_admin.outbox (message_id, subject, aggregate, revision, payload, created_at, sent_at, stream_sequence)
  SELECT message, subject, aggregate, revision, payload, at, at, 0 FROM kept WHERE owner = 'marketing_admin';
INSERT INTO marketing_admin.inbox (durable, message_id, outcome, handled_at)
  SELECT 'marketing_admin_' || replace(subject, '.', '_') || suffix, message, 'applied', at
    FROM told JOIN (VALUES ('order.paid', ''), ('order.paid', '_email'), ('order.refunded', ''), ('order.refunded', '_email'),
                           ('ticket.scanned', '')) AS r (subject, suffix) USING (subject) WHERE at > now() - interval '45 days';
INSERT INTO scanner.inbox (durable, message_id, outcome, handled_at)
  SELECT 'scanner_' || replace(subject, '.', '_'), message, 'applied', at FROM told
   WHERE subject IN ('ticket.changed', 'event.changed') AND at > now() - interval '45 days';
INSERT INTO purchase.inbox (durable, message_id, outcome, handled_at)
  SELECT 'purchase_event_changed', message, 'applied', at FROM told WHERE subject = 'event.changed' AND at > now() - interval '45 days';
