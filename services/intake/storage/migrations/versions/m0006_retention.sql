CREATE TABLE case_end (
    case_id uuid PRIMARY KEY,
    ended_at timestamptz
);
CREATE POLICY visible ON case_end USING ((SELECT acting_role()) = 'service');
ALTER TABLE case_end ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

-- Cases that ended before are told of in the log alone: it is read again from its beginning, and
-- what was applied is known by its id. Events that were given up would be taken up again, so a
-- stream with dead letters is read on from where it stands.
UPDATE stream_cursor SET position = 0
    WHERE NOT EXISTS (
        SELECT FROM dead_letter WHERE dead_letter.stream = stream_cursor.stream
        AND state <> 'replayed'
    );
