-- What the transaction said of who acts; nothing said is nobody (ADR 23).
CREATE FUNCTION acting_role() RETURNS text LANGUAGE sql STABLE
    RETURN current_setting('tsunagi.role', true);
CREATE FUNCTION acting_agency() RETURNS text LANGUAGE sql STABLE
    RETURN nullif(current_setting('tsunagi.agency', true), '');
CREATE FUNCTION acting_kind() RETURNS text LANGUAGE sql STABLE
    RETURN current_setting('tsunagi.kind', true);
CREATE FUNCTION acting_account() RETURNS uuid LANGUAGE sql STABLE
    RETURN CAST(nullif(current_setting('tsunagi.account', true), '') AS uuid);

-- The rule of domain/sight.py `is_party`. It looks as the service, and tells yes or no.
CREATE FUNCTION is_party(wanted uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    was text := acting_role();
    me text := acting_agency();
    coordinates boolean := acting_kind() = 'coordinator';
    found boolean;
BEGIN
    IF me IS NULL THEN RETURN false; END IF;
    PERFORM set_config('tsunagi.role', 'service', true);
    found := EXISTS (
        SELECT FROM leg WHERE case_id = wanted AND state <> 'void' AND (sender = me
            OR receiver = me
            AND (state NOT IN ('returned', 'withdrawn') OR accepted_at IS NOT NULL))
    ) OR EXISTS (
        SELECT FROM support_case WHERE id = wanted AND me IN (holder, desk)
    ) OR coordinates AND EXISTS (
        SELECT FROM support_case JOIN consultation ON consultation.id = consultation_id
        WHERE support_case.id = wanted AND NOT consultation.topics
            && ARRAY['child-abuse', 'elder-abuse', 'disability-abuse', 'dv']
    );
    PERFORM set_config('tsunagi.role', was, true);
    RETURN found;
END $$;

-- A party that reads the whole case. Of one about violence, a desk that did no more than send a leg
-- has its own leg alone: `joined_by_code` of domain/sight.py.
CREATE FUNCTION reads_case(wanted uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    was text := acting_role();
    me text := acting_agency();
    coordinates boolean := acting_kind() = 'coordinator';
    found boolean;
BEGIN
    IF NOT is_party(wanted) THEN RETURN false; END IF;
    PERFORM set_config('tsunagi.role', 'service', true);
    found := coordinates OR EXISTS (
        SELECT FROM support_case JOIN consultation ON consultation.id = consultation_id
        WHERE support_case.id = wanted AND (me IN (holder, support_case.desk)
            OR NOT consultation.topics
                && ARRAY['child-abuse', 'elder-abuse', 'disability-abuse', 'dv'])
    ) OR EXISTS (
        SELECT FROM leg WHERE case_id = wanted AND receiver = me AND state <> 'void'
        AND (state NOT IN ('returned', 'withdrawn') OR accepted_at IS NOT NULL)
    );
    PERFORM set_config('tsunagi.role', was, true);
    RETURN found;
END $$;

-- Who sat in a conference on a case knows what it is about, but not of violence.
CREATE FUNCTION discussed(wanted uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    was text := acting_role();
    me text := acting_agency();
    found boolean;
BEGIN
    IF me IS NULL THEN RETURN false; END IF;
    PERFORM set_config('tsunagi.role', 'service', true);
    found := EXISTS (
        SELECT FROM conference_case JOIN conference_agency USING (conference_id)
        WHERE case_id = wanted AND agency = me
    ) AND EXISTS (
        SELECT FROM support_case JOIN consultation ON consultation.id = consultation_id
        WHERE support_case.id = wanted AND NOT consultation.topics
            && ARRAY['child-abuse', 'elder-abuse', 'disability-abuse', 'dv']
    );
    PERFORM set_config('tsunagi.role', was, true);
    RETURN found;
END $$;

CREATE FUNCTION attends(wanted uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    was text := acting_role();
    me text := acting_agency();
    found boolean;
BEGIN
    IF me IS NULL THEN RETURN false; END IF;
    PERFORM set_config('tsunagi.role', 'service', true);
    found := EXISTS (SELECT FROM conference WHERE id = wanted AND convener = me)
        OR EXISTS (SELECT FROM conference_agency WHERE conference_id = wanted AND agency = me);
    PERFORM set_config('tsunagi.role', was, true);
    RETURN found;
END $$;

-- Who attended, or is a party to a case that was on its agenda.
CREATE FUNCTION knows_conference(wanted uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    was text := acting_role();
    cases uuid[];
BEGIN
    IF acting_agency() IS NULL THEN RETURN false; END IF;
    IF attends(wanted) THEN RETURN true; END IF;
    PERFORM set_config('tsunagi.role', 'service', true);
    cases := ARRAY(SELECT case_id FROM conference_case WHERE conference_id = wanted);
    PERFORM set_config('tsunagi.role', was, true);
    RETURN EXISTS (SELECT FROM unnest(cases) AS one WHERE reads_case(one));
END $$;

-- Open emergencies are few, whoever has them: they are found first, then those that wait or are
-- at work with who acts. Asked of each row in turn, the policies below would take much longer.
CREATE FUNCTION own_emergencies() RETURNS TABLE (case_id uuid, desk text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    was text := acting_role();
    me text := acting_agency();
BEGIN
    PERFORM set_config('tsunagi.role', 'service', true);
    RETURN QUERY
        WITH few AS MATERIALIZED (
            SELECT one.id, one.desk FROM support_case AS one
            JOIN consultation ON consultation.id = one.consultation_id
            WHERE consultation.urgency = 'emergency' AND one.state = 'open'
        )
        SELECT few.id, few.desk FROM few WHERE EXISTS (
            SELECT FROM leg WHERE leg.case_id = few.id AND leg.receiver = me
            AND leg.state IN ('offered', 'accepted', 'supporting')
        );
    PERFORM set_config('tsunagi.role', was, true);
END $$;

-- And so are cases about violence: the coordinator's board passes over them as a set.
CREATE FUNCTION cases_about_violence() RETURNS SETOF uuid LANGUAGE plpgsql STABLE AS $$
DECLARE
    was text := acting_role();
BEGIN
    PERFORM set_config('tsunagi.role', 'service', true);
    RETURN QUERY SELECT support_case.id FROM consultation
        JOIN support_case ON support_case.consultation_id = consultation.id
        WHERE topics && ARRAY['child-abuse', 'elder-abuse', 'disability-abuse', 'dv'];
    PERFORM set_config('tsunagi.role', was, true);
END $$;

CREATE POLICY visible ON support_case USING (
    (SELECT acting_role()) = 'service'
    OR holder = (SELECT acting_agency()) OR desk = (SELECT acting_agency())
    OR (SELECT acting_kind()) = 'coordinator' AND id NOT IN (SELECT cases_about_violence())
    OR EXISTS (
        SELECT FROM leg WHERE leg.case_id = support_case.id AND leg.state <> 'void'
        AND (leg.sender = (SELECT acting_agency()) OR leg.receiver = (SELECT acting_agency())
            AND (leg.state NOT IN ('returned', 'withdrawn') OR leg.accepted_at IS NOT NULL))
    )
    OR is_party(id) OR discussed(id)
);
CREATE POLICY visible ON consultation USING (
    (SELECT acting_role()) = 'service' OR desk = (SELECT acting_agency())
    OR (SELECT acting_kind()) = 'coordinator' AND case_id NOT IN (SELECT cases_about_violence())
    OR is_party(case_id) OR discussed(case_id)
);
-- A leg that was given back stays its receiver's own, beside the case.
CREATE POLICY visible ON leg USING (
    (SELECT acting_role()) = 'service'
    OR receiver = (SELECT acting_agency()) OR sender = (SELECT acting_agency())
    OR (SELECT acting_kind()) = 'coordinator' AND case_id NOT IN (SELECT cases_about_violence())
    OR reads_case(case_id)
);
CREATE POLICY visible ON clock USING (
    (SELECT acting_role()) = 'service' OR reads_case(case_id)
);
CREATE POLICY visible ON history USING (
    (SELECT acting_role()) = 'service'
    OR EXISTS (SELECT FROM leg WHERE leg.id = leg_id
        AND (SELECT acting_agency()) IN (leg.receiver, leg.sender))
    OR agency = (SELECT acting_agency()) AND is_party(case_id)
    OR reads_case(case_id)
);
-- Contacts are their receiver's own; nobody else has any.
CREATE POLICY visible ON contact USING (
    (SELECT acting_role()) = 'service'
    OR EXISTS (SELECT FROM leg WHERE leg.id = leg_id AND leg.receiver = (SELECT acting_agency()))
);

CREATE POLICY visible ON conference USING (
    (SELECT acting_role()) = 'service'
    OR convener = (SELECT acting_agency()) OR knows_conference(id)
);
CREATE POLICY visible ON conference_words USING (
    (SELECT acting_role()) = 'service' OR knows_conference(conference_id)
);
CREATE POLICY visible ON conference_agency USING (
    (SELECT acting_role()) = 'service' OR agency = (SELECT acting_agency())
    OR knows_conference(conference_id)
);
CREATE POLICY visible ON conference_case USING (
    (SELECT acting_role()) = 'service' OR attends(conference_id) OR reads_case(case_id)
);
CREATE POLICY visible ON conference_decision USING (
    (SELECT acting_role()) = 'service' OR reads_case(case_id) OR discussed(case_id)
);

CREATE POLICY visible ON support_plan USING (
    (SELECT acting_role()) = 'service' OR reads_case(case_id)
);
CREATE POLICY visible ON plan_goal USING (EXISTS (SELECT FROM support_plan WHERE id = plan_id));
CREATE POLICY visible ON plan_role USING (EXISTS (SELECT FROM support_plan WHERE id = plan_id));
CREATE POLICY visible ON plan_review USING (EXISTS (SELECT FROM support_plan WHERE id = plan_id));

CREATE POLICY visible ON delivery USING (
    (SELECT acting_role()) IN ('service', 'admin') OR charge = (SELECT acting_agency())
);
CREATE POLICY visible ON notification USING (
    (SELECT acting_role()) IN ('service', 'admin') OR agency = (SELECT acting_agency())
    OR EXISTS (SELECT FROM delivery WHERE delivery.number = notification.number)
);
CREATE POLICY visible ON notification_read USING (
    (SELECT acting_role()) = 'service' OR account = (SELECT acting_account())
);
CREATE POLICY visible ON notification_mark USING (
    (SELECT acting_role()) = 'service' OR account = (SELECT acting_account())
);
CREATE POLICY visible ON agency_channel USING ((SELECT acting_role()) IN ('service', 'admin'));
CREATE POLICY visible ON webhook USING ((SELECT acting_role()) IN ('service', 'admin'));
CREATE POLICY visible ON idempotency_key USING (
    (SELECT acting_role()) = 'service' OR principal = (SELECT acting_account())
);

DO $$
DECLARE
    one text;
BEGIN
    FOR one IN SELECT tablename FROM pg_policies WHERE schemaname = 'public' LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', one);
    END LOOP;
END $$;
