-- An act appends the events that follow from it; their positions come later.
CREATE POLICY appended ON outbox FOR INSERT WITH CHECK (
    position IS NULL AND (SELECT acting_role()) IN ('counter', 'agency', 'manager')
);
-- Every desk reads how far the city is with a milestone, and no other desk how it came to say so.
DROP POLICY visible ON revision;
CREATE POLICY visible ON revision USING (
    EXISTS (SELECT FROM consultation WHERE id = record_id)
    OR EXISTS (SELECT FROM activity WHERE id = record_id)
    OR EXISTS (
        SELECT FROM figure WHERE id = record_id AND (
            (SELECT acting_role()) = 'service' OR desk = (SELECT acting_agency())
            OR (desk IS NULL AND (SELECT acting_role()) = 'manager')
        )
    )
);
-- Tries of a code are counted for the account that made them.
CREATE POLICY own ON code_attempt USING (
    (SELECT acting_role()) = 'service' OR principal = (SELECT acting_account())
);
ALTER TABLE code_attempt ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
