-- As of which event figures are stands beside them, for everybody who reads figures.
CREATE POLICY shown ON stream_cursor FOR SELECT USING (
    (SELECT acting_role()) IN ('counter', 'agency', 'manager', 'admin')
);
-- And how many events could not be counted. It looks as the service, and tells no more than that.
CREATE FUNCTION waiting_events() RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    was text := acting_role();
    found bigint;
BEGIN
    PERFORM set_config('tsunagi.role', 'service', true);
    found := (SELECT count(*) FROM dead_letter WHERE state IN ('failed', 'parked'));
    PERFORM set_config('tsunagi.role', was, true);
    RETURN found;
END $$;

-- Managers read what was counted; the service alone counts.
DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['consultation_fact', 'leg_fact', 'activity_fact', 'figure_fact',
        'conference_fact', 'holder_change', 'unmet_need', 'case_change', 'contribution']
    LOOP
        EXECUTE format('DROP POLICY visible ON %I', one);
        EXECUTE format('CREATE POLICY visible ON %I FOR SELECT USING ('
            '(SELECT acting_role()) IN (''service'', ''manager''))', one);
        EXECUTE format('CREATE POLICY counted ON %I USING ('
            '(SELECT acting_role()) = ''service'')', one);
    END LOOP;
END $$;

-- Rules and releases are shown with the figures.
CREATE POLICY shown ON counting_rule FOR SELECT USING ((SELECT acting_role()) <> '');
CREATE POLICY written ON counting_rule USING ((SELECT acting_role()) IN ('service', 'manager'));
CREATE POLICY shown ON release FOR SELECT USING ((SELECT acting_role()) <> '');
CREATE POLICY written ON release FOR INSERT WITH CHECK (
    (SELECT acting_role()) IN ('service', 'manager')
);
ALTER TABLE counting_rule ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE release ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
