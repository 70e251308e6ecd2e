-- The audit trail as each database keeps it. Frozen: a change is a new file and a new migration of
-- each of them. The forms of the columns leave no room for what people write.
CREATE TABLE audit (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    act text NOT NULL CONSTRAINT audit_act CHECK (act ~ '^[a-z]+(-[a-z]+)*$'),
    outcome text NOT NULL CONSTRAINT audit_outcome
        CHECK (outcome IN ('done', 'unchanged', 'refused')),
    ground text NOT NULL CONSTRAINT audit_ground CHECK (ground ~ '^[a-z]+$'),
    who text NOT NULL CONSTRAINT audit_who CHECK (length(who) <= 120),
    who_id uuid,
    role text NOT NULL CONSTRAINT audit_role CHECK (role ~ '^[a-z]+$'),
    agency text CONSTRAINT audit_agency CHECK (agency ~ '^[a-z0-9-]{1,40}$'),
    kind text CONSTRAINT audit_kind CHECK (kind ~ '^[a-z]+(-[a-z]+)*$'),
    record text CONSTRAINT audit_record CHECK (record ~ '^[A-Za-z0-9._-]{1,80}$'),
    trace text CONSTRAINT audit_trace CHECK (trace ~ '^[0-9a-f]{32}$'),
    position bigint CONSTRAINT audit_position CHECK (position > 0),
    previous bytea,
    hash bytea,
    CONSTRAINT audit_chained CHECK (num_nonnulls(position, previous, hash) IN (0, 3))
);
CREATE UNIQUE INDEX audit_place ON audit (position);
CREATE INDEX audit_unchained ON audit (id) WHERE position IS NULL;
CREATE INDEX audit_at ON audit (at, id);
CREATE INDEX audit_of_who ON audit (who, at);
CREATE INDEX audit_of_record ON audit (record) WHERE record IS NOT NULL;

-- Whoever acts adds rows; the administrator reads them; the service alone chains them.
CREATE POLICY written ON audit FOR INSERT WITH CHECK (
    (SELECT current_setting('tsunagi.role', true)) <> ''
);
CREATE POLICY searched ON audit FOR SELECT USING (
    (SELECT current_setting('tsunagi.role', true)) IN ('service', 'admin')
);
CREATE POLICY chained ON audit FOR UPDATE USING (
    (SELECT current_setting('tsunagi.role', true)) = 'service'
);
ALTER TABLE audit ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a chained row of the audit trail stays as it is'
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE ON audit FOR EACH ROW
    WHEN (OLD.position IS NOT NULL) EXECUTE FUNCTION audit_stays();

-- Whatever the runtime role is called: it adds rows without a place, reads, gives a place, and
-- takes nothing away.
DO $$
DECLARE
    worker text;
    content text := string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name = 'audit'
            AND column_name NOT IN ('position', 'previous', 'hash');
BEGIN
    FOR worker IN
        SELECT DISTINCT grantee FROM information_schema.role_table_grants
        WHERE table_schema = 'public' AND table_name = 'audit' AND grantee <> current_user
    LOOP
        EXECUTE format('REVOKE ALL ON audit FROM %I', worker);
        EXECUTE format('GRANT SELECT, INSERT (%s), UPDATE (position, previous, hash)'
            ' ON audit TO %I', content, worker);
    END LOOP;
END $$;
