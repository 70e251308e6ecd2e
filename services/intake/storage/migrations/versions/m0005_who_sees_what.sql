-- What the transaction said of who acts; nothing said is nobody (ADR 23).
CREATE FUNCTION acting_role() RETURNS text LANGUAGE sql STABLE
    RETURN current_setting('tsunagi.role', true);
CREATE FUNCTION acting_agency() RETURNS text LANGUAGE sql STABLE
    RETURN nullif(current_setting('tsunagi.agency', true), '');
CREATE FUNCTION acting_account() RETURNS uuid LANGUAGE sql STABLE
    RETURN CAST(nullif(current_setting('tsunagi.account', true), '') AS uuid);

-- Three questions about a case that other desks have a part in. Each looks as the service, and
-- tells no more than its answer: which case has this code, to whoever knows the whole code,
CREATE FUNCTION case_of_code(known text) RETURNS uuid LANGUAGE plpgsql STABLE AS $$
DECLARE
    was text := acting_role();
    found uuid;
BEGIN
    PERFORM set_config('tsunagi.role', 'service', true);
    found := (SELECT case_id FROM handover WHERE code = known);
    PERFORM set_config('tsunagi.role', was, true);
    RETURN found;
END $$;
-- whether any desk's consultation of it is about violence,
CREATE FUNCTION case_is_shielded(wanted uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    was text := acting_role();
    found boolean;
BEGIN
    PERFORM set_config('tsunagi.role', 'service', true);
    found := EXISTS (
        SELECT FROM consultation WHERE case_id = wanted
        AND topics && ARRAY['child-abuse', 'elder-abuse', 'disability-abuse', 'dv']
    );
    PERFORM set_config('tsunagi.role', was, true);
    RETURN found;
END $$;
-- and whether somebody leads it or is asked to.
CREATE FUNCTION case_has_open_lead(wanted uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    was text := acting_role();
    found boolean;
BEGIN
    PERFORM set_config('tsunagi.role', 'service', true);
    found := EXISTS (
        SELECT FROM leg_standing
        WHERE case_id = wanted AND lead AND state IN ('offered', 'accepted', 'supporting')
    );
    PERFORM set_config('tsunagi.role', was, true);
    RETURN found;
END $$;

CREATE POLICY visible ON consultation USING (
    (SELECT acting_role()) = 'service' OR desk = (SELECT acting_agency())
);
CREATE POLICY visible ON memo USING (
    EXISTS (SELECT FROM consultation WHERE id = consultation_id)
);
CREATE POLICY visible ON memo_confirmation USING (
    EXISTS (SELECT FROM consultation WHERE id = consultation_id)
);
CREATE POLICY visible ON override USING (
    EXISTS (SELECT FROM consultation WHERE id = consultation_id)
);
CREATE POLICY visible ON slip_choice USING (
    EXISTS (SELECT FROM consultation WHERE id = consultation_id)
);
CREATE POLICY visible ON handover USING (
    (SELECT acting_role()) = 'service' OR desk = (SELECT acting_agency())
);
CREATE POLICY visible ON leg_standing USING (
    (SELECT acting_role()) = 'service' OR sender = (SELECT acting_agency())
    OR EXISTS (SELECT FROM handover WHERE handover.case_id = leg_standing.case_id)
);
-- A desk that joined a case by its code adds where it sent the person; the issuing desk reads.
CREATE POLICY visible ON asked_destination FOR SELECT USING (
    (SELECT acting_role()) = 'service'
    OR EXISTS (SELECT FROM handover WHERE handover.case_id = asked_destination.case_id)
);
CREATE POLICY written ON asked_destination FOR INSERT WITH CHECK (
    (SELECT acting_role()) = 'service' OR (SELECT acting_agency()) IS NOT NULL
);
CREATE POLICY visible ON activity USING (
    (SELECT acting_role()) = 'service' OR desk = (SELECT acting_agency())
);
-- What managers report has no desk.
CREATE POLICY visible ON figure USING (
    (SELECT acting_role()) = 'service' OR desk = (SELECT acting_agency())
    OR (desk IS NULL AND (SELECT acting_role()) = 'manager')
);
-- How far the city is with a milestone decides which bases every desk may offer.
CREATE POLICY steps ON figure FOR SELECT USING (
    state IS NOT NULL AND (SELECT acting_role()) IN ('counter', 'agency', 'manager')
);
CREATE POLICY visible ON revision USING (
    EXISTS (SELECT FROM consultation WHERE id = record_id)
    OR EXISTS (SELECT FROM activity WHERE id = record_id)
    OR EXISTS (SELECT FROM figure WHERE id = record_id)
);
CREATE POLICY visible ON idempotency_key USING (
    (SELECT acting_role()) = 'service' OR principal = (SELECT acting_account())
);

DO $$
DECLARE
    one text;
BEGIN
    FOR one IN SELECT DISTINCT tablename FROM pg_policies WHERE schemaname = 'public' LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', one);
    END LOOP;
END $$;
