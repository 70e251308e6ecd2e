-- An act appends the events that follow from it; their positions come later.
CREATE POLICY appended ON outbox FOR INSERT WITH CHECK (
    position IS NULL AND (SELECT acting_role()) IN ('counter', 'agency')
);
-- Tries of a code are counted for the account that made them.
CREATE POLICY own ON code_attempt USING (
    (SELECT acting_role()) = 'service' OR principal = (SELECT acting_account())
);
-- Everybody reads who takes no offers, who follows whom, and how far the city is.
CREATE POLICY shown ON agency_pause FOR SELECT USING ((SELECT acting_role()) <> '');
CREATE POLICY written ON agency_pause USING (
    (SELECT acting_role()) = 'service' OR agency = (SELECT acting_agency())
    OR (SELECT acting_kind()) = 'coordinator'
);
CREATE POLICY shown ON agency_succession FOR SELECT USING ((SELECT acting_role()) <> '');
CREATE POLICY written ON agency_succession USING (
    (SELECT acting_role()) IN ('service', 'admin')
);
CREATE POLICY shown ON milestone FOR SELECT USING ((SELECT acting_role()) <> '');
CREATE POLICY written ON milestone USING ((SELECT acting_role()) = 'service');
ALTER TABLE code_attempt ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE agency_pause ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE agency_succession ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE milestone ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
