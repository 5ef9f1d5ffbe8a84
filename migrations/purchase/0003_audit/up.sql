-- Who did what to what, when, in which request, and why. The same text in every schema; the table belongs to crates/audit.
-- Every privileged act and every refused one, written in the transaction of the act. Append-only.
CREATE TABLE audit_log (
    id         uuid PRIMARY KEY,                      -- UUIDv7: in the order of time
    at         timestamptz NOT NULL,
    staff_id   uuid,                                  -- null where no member of staff is known to have asked
    actor      text NOT NULL,                         -- the role, or the service or command that acted
    action     text NOT NULL CHECK (action ~ '^[a-z_]+(\.[a-z_]+)+$'),
    target     text NOT NULL,
    request_id text NOT NULL,
    reason     text CHECK (length(reason) BETWEEN 1 AND 500),
    detail     jsonb NOT NULL                         -- before and after, or what was missing
);
CREATE INDEX audit_log_target ON audit_log (target, at);

CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_log_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only();

-- The service's role has the name of its schema.
DO $$
BEGIN
    EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON audit_log FROM %I', current_schema());
END
$$;
