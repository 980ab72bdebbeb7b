-- One role and one schema per service, and no right of one service on another: a wall that also holds when the code is wrong.
--
-- Run it as an administrator, connected to Antiphon's database, as often as you like; `python -m infra.migrate_all` does so and sets the
-- passwords. By hand: psql -f infra/postgres/roles.sql, then \password antiphon_survey and so on.

DO $$
DECLARE
    service text;
    login text;
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    REVOKE ALL ON SCHEMA public FROM PUBLIC;

    FOREACH service IN ARRAY ARRAY['customers', 'feedback', 'gateway', 'insight', 'knowledge', 'routing', 'survey'] LOOP
        login := 'antiphon_' || service;
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = login) THEN
            EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION', login);
        END IF;
        -- An administrator who is no superuser may hand a schema only to a role he belongs to.
        IF NOT pg_has_role(current_user, login, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO CURRENT_USER', login);
        END IF;
        EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I AUTHORIZATION %I', service, login);
        EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO %I', current_database(), login);
        EXECUTE format('ALTER ROLE %I IN DATABASE %I SET search_path = %I', login, current_database(), service);
        EXECUTE format('ALTER ROLE %I IN DATABASE %I SET idle_in_transaction_session_timeout = ''60s''', login, current_database());
    END LOOP;
END
$$;
