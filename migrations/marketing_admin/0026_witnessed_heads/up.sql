-- Where the chains of other services' audit logs ended, as those services said it: whoever owns another service's tables and writes its
-- whole log and chain anew can't write these as well. The same text in every schema that keeps some; the tables belong to crates/audit.
CREATE TABLE witnessed_heads (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service  text NOT NULL CHECK (service <> ''),
    seq      bigint NOT NULL CHECK (seq >= 1),
    hash     bytea NOT NULL CHECK (length(hash) = 32),
    heard_at timestamptz NOT NULL,
    CONSTRAINT witnessed_heads_once UNIQUE (service, seq, hash)
);

-- A service's database that was put back to an earlier time: what was heard of it since need not stand in its chain. Written by the
-- operator alone, see the runbook audit-altered.md.
CREATE TABLE witnessed_restores (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service     text NOT NULL CHECK (service <> ''),
    restored_to timestamptz NOT NULL,
    noted_at    timestamptz NOT NULL DEFAULT now(),
    reason      text NOT NULL CHECK (reason <> ''),
    CHECK (restored_to < noted_at)
);

CREATE TRIGGER witnessed_heads_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON witnessed_heads
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only();
CREATE TRIGGER witnessed_restores_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON witnessed_restores
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only();

-- The service's role has the name of its schema.
DO $$
BEGIN
    EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON witnessed_heads FROM %I', current_schema());
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON witnessed_restores FROM %I', current_schema());
END
$$;
