-- What a guest's own pages read they read as marketing_admin_guest, a role that sees the rows of one account and changes nothing: a
-- query that forgets its WHERE shows nobody else's. Which account is said by the setting maguey.account of the transaction
-- (crates/db, as_guest); without it there are no rows. Secrets (sealed ones, hashes of tokens and codes) it does not see at all.
--
-- For the service's own role every row passes, by a policy that is the constant true: the planner drops it before anything is
-- planned, so that no statement of the service is slower by it. The owner of the tables, who migrates, is under no policy.
--
-- Whoever makes a table that belongs to an account gives it the same here: the file with a guest's data reads all of them.
GRANT USAGE ON SCHEMA marketing_admin TO marketing_admin_guest;

DO $$
DECLARE
    own record;
BEGIN
    FOR own IN
        SELECT * FROM (VALUES
            ('accounts', 'id', '*'),
            ('activity', 'account_id', '*'),
            ('consents', 'account_id', '*'),
            ('identities', 'account_id', '*'),
            ('passkeys', 'account_id', '*'),          -- public halves
            ('staff', 'id', 'id, role, disabled_at, created_at'),
            ('links', 'account_id', 'account_id, email, made_at, expires_at, used_at'),
            ('guest_sessions', 'account_id', 'id, account_id, proof, second_factor, created_at, seen_at, expires_at, ended_at,
                                              address, agent'),
            ('totp', 'account_id', 'account_id, made_at, confirmed_at'),
            ('recovery_codes', 'account_id', 'account_id, made_at, used_at'),
            ('second_steps', 'account_id', '*'),
            ('passkey_challenges', 'account_id', 'account_id, kind, expires_at'),
            ('pending_sign_ins', 'account_id', 'account_id, proof, made_at, expires_at'),
            ('provider_trips', 'account_id', 'account_id, provider, made_at, expires_at'),
            ('phone_codes', 'account_id', 'account_id, phone, made_at, expires_at, used_at')
        ) AS each (name, key, shown)
    LOOP
        EXECUTE format('GRANT SELECT %s ON %I TO marketing_admin_guest',
                       CASE own.shown WHEN '*' THEN '' ELSE '(' || own.shown || ')' END, own.name);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', own.name);
        EXECUTE format('CREATE POLICY house ON %I TO marketing_admin USING (true) WITH CHECK (true)', own.name);
        EXECUTE format('CREATE POLICY guest ON %I FOR SELECT TO marketing_admin_guest
                        USING (%I = nullif(current_setting(''maguey.account'', true), '''')::uuid)', own.name, own.key);
    END LOOP;
END
$$;

-- Mails name an address and no account: those to the account's own. What stood in one is not kept for its guest.
GRANT SELECT (event_id, recipient, template, reference, state, created_at, settled_at) ON emails TO marketing_admin_guest;
ALTER TABLE emails ENABLE ROW LEVEL SECURITY;
CREATE POLICY house ON emails TO marketing_admin USING (true) WITH CHECK (true);
CREATE POLICY guest ON emails FOR SELECT TO marketing_admin_guest
  USING (lower(recipient) = (SELECT a.email FROM accounts a
                              WHERE a.id = nullif(current_setting('maguey.account', true), '')::uuid));

-- These are on public pages anyway: a night's name beside a mail, and the club's clock.
GRANT SELECT (id, title) ON events TO marketing_admin_guest;
GRANT SELECT ON venues TO marketing_admin_guest;

-- Who counts what waits (deploy/observability/postgres-role.sql) goes on seeing all of it.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'observer') THEN
        CREATE POLICY observer ON emails FOR SELECT TO observer USING (true);
    END IF;
END
$$;
