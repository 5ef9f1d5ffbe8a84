-- One schema and one role per service. Run by an administrator, as often as one likes: it repeats nothing.
-- Tables are made by whoever runs this (the migrator); a service's role may use the rows of its own schema
-- and may neither create anything nor see another's schema. Where guests have pages of their own it can become its guest's role, which
-- sees no more than policies let it (the migrations row_security). All of them stand here, so that a backup finds them when it is
-- restored into a new cluster.

DO $$
DECLARE
    service text;
    guest   text;
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    REVOKE ALL ON SCHEMA public FROM PUBLIC;

    FOREACH service IN ARRAY ARRAY['purchase', 'scanner', 'marketing_admin'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION', service);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL; -- roles belong to the cluster: another database may have made them
        END;
        EXECUTE format('ALTER ROLE %I SET search_path = %I', service, service);
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), service);

        EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I', service);
        EXECUTE format('REVOKE ALL ON SCHEMA %I FROM PUBLIC', service);
        EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM %I', service, service);
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', service, service);
        EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %I', service, service);
        EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT USAGE ON SEQUENCES TO %I', service, service);
        EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT EXECUTE ON FUNCTIONS TO %I', service, service);
        EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT USAGE ON TYPES TO %I', service, service);
    END LOOP;

    FOREACH service IN ARRAY ARRAY['purchase', 'marketing_admin'] LOOP
        guest := service || '_guest';
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION', guest);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
        IF NOT EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles s ON s.oid = m.member
                        WHERE r.rolname = guest AND s.rolname = service) THEN
            BEGIN
                EXECUTE format('GRANT %I TO %I', guest, service);
            EXCEPTION WHEN unique_violation THEN
                NULL;
            END;
        END IF;
    END LOOP;
END
$$;
