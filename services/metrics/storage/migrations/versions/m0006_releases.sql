CREATE TABLE release (
    number integer PRIMARY KEY,
    period text NOT NULL,
    fiscal_year smallint NOT NULL,
    status text NOT NULL,
    reason text,
    made_at timestamptz NOT NULL,
    made_by uuid NOT NULL,
    previous integer UNIQUE REFERENCES release (number),
    hash text NOT NULL UNIQUE,
    document text NOT NULL,
    CHECK (number = coalesce(previous, 0) + 1)
);
CREATE INDEX release_period ON release (period, number);
CREATE INDEX release_year ON release (fiscal_year, number);

CREATE TABLE release_exact (
    number integer PRIMARY KEY REFERENCES release (number),
    figures text NOT NULL
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a release never changes' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER release_never_changes BEFORE UPDATE OR DELETE ON release
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER release_exact_never_changes BEFORE UPDATE OR DELETE ON release_exact
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

REVOKE UPDATE, DELETE ON release, release_exact FROM metrics;
