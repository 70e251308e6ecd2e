-- Facts and their shares point at records: they are for managers and the service (ADR 23).
-- What the transaction said of who acts; nothing said is nobody.
CREATE FUNCTION acting_role() RETURNS text LANGUAGE sql STABLE
    RETURN current_setting('tsunagi.role', true);
CREATE FUNCTION acting_account() RETURNS uuid LANGUAGE sql STABLE
    RETURN CAST(nullif(current_setting('tsunagi.account', true), '') AS uuid);

DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['consultation_fact', 'leg_fact', 'activity_fact', 'figure_fact',
        'conference_fact', 'holder_change', 'unmet_need', 'case_change', 'contribution',
        'release_exact']
    LOOP
        EXECUTE format('CREATE POLICY visible ON %I USING ((SELECT acting_role()) IN '
            '(''service'', ''manager''))', one);
    END LOOP;
    CREATE POLICY visible ON idempotency_key USING (
        (SELECT acting_role()) = 'service' OR principal = (SELECT acting_account())
    );
    FOR one IN SELECT tablename FROM pg_policies WHERE schemaname = 'public' LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', one);
    END LOOP;
END $$;
