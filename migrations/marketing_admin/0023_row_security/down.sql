REVOKE SELECT ON venues FROM marketing_admin_guest;
REVOKE SELECT (id, title) ON events FROM marketing_admin_guest;
DROP POLICY IF EXISTS observer ON emails;
DO $$
DECLARE
    name text;
BEGIN
    -- emails first: its policy reads accounts.
    FOREACH name IN ARRAY ARRAY['emails', 'accounts', 'activity', 'consents', 'identities', 'passkeys', 'staff', 'links',
                                'guest_sessions', 'totp', 'recovery_codes', 'second_steps', 'passkey_challenges', 'pending_sign_ins',
                                'provider_trips', 'phone_codes'] LOOP
        EXECUTE format('DROP POLICY guest ON %I', name);
        EXECUTE format('DROP POLICY house ON %I', name);
        EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', name);
        -- Of a table's columns too.
        EXECUTE format('REVOKE SELECT ON %I FROM marketing_admin_guest', name);
    END LOOP;
END
$$;
REVOKE USAGE ON SCHEMA marketing_admin FROM marketing_admin_guest;
