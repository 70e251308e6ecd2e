-- The log quotes records of every desk: the service alone reads, changes and deletes what is in it
-- (ADR 23). The whole question is asked inside, or the planner would expect one row of two hundred,
-- and read the log without its index. Frozen: a change is a new file and a new migration.
CREATE POLICY own ON outbox USING ((SELECT acting_role() = 'service'));
CREATE POLICY own ON inbox USING ((SELECT acting_role() = 'service'));
CREATE POLICY own ON stream_cursor USING ((SELECT acting_role() = 'service'));
CREATE POLICY own ON dead_letter USING ((SELECT acting_role() = 'service'));
ALTER TABLE outbox ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE inbox ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE stream_cursor ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE dead_letter ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

-- Migrations are the owner's, who is not bound here.
CREATE POLICY shown ON alembic_version FOR SELECT USING (true);
ALTER TABLE alembic_version ENABLE ROW LEVEL SECURITY;

-- Requests change their records and delete none: but where mail and webhooks go, and counted tries.
DO $$
DECLARE
    one text;
BEGIN
    FOR one IN SELECT DISTINCT tablename FROM pg_policies
        WHERE schemaname = 'public' AND cmd = 'ALL'
            AND tablename NOT IN ('agency_channel', 'webhook', 'code_attempt')
    LOOP
        EXECUTE format('CREATE POLICY stays ON %I AS RESTRICTIVE FOR DELETE USING ('
            '(SELECT acting_role()) = ''service'')', one);
    END LOOP;
END $$;
