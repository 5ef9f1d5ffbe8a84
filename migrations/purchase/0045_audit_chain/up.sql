-- The audit log as a chain. The same text in every schema; the tables belong to crates/audit.
--
-- Rows of the audit log are linked after their commit, by a task of the service, in the order in which it finds them: an act never waits
-- for another act's commit, and who writes an audit row need not know of the chain. row_hash is the SHA-256 of all columns of the row,
-- hash that of the hash before it (32 zero bytes before the first), the number and row_hash. A row that is changed or gone no
-- longer fits its link; a link that is changed or gone no longer fits the next one; a row without a link came in from the side.
CREATE TABLE audit_links (
    seq      bigint PRIMARY KEY CHECK (seq >= 1),        -- without gaps
    audit_id uuid NOT NULL UNIQUE,
    row_hash bytea NOT NULL CHECK (length(row_hash) = 32),
    hash     bytea NOT NULL CHECK (length(hash) = 32)
);

-- What came of walking the chain from its beginning, once an hour.
CREATE TABLE audit_checks (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at     timestamptz NOT NULL DEFAULT now(),
    links  bigint NOT NULL,                              -- so many links were walked
    hash   bytea,                                        -- of the last of them; null where there was none
    faults bigint NOT NULL
);

CREATE TRIGGER audit_links_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_links
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only();
CREATE TRIGGER audit_checks_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checks
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only();

-- The service's role has the name of its schema.
DO $$
BEGIN
    EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON audit_links, audit_checks FROM %I', current_schema());
END
$$;
