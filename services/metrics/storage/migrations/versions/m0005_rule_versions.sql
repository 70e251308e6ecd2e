-- Every version of a counting rule that this installation has known; `counted_*` says how far
-- the facts have been counted by one that is counted beside the live figures.
CREATE TABLE counting_rule (
    indicator text NOT NULL,
    version smallint NOT NULL,
    state text NOT NULL CHECK (state IN ('counting', 'ready', 'active', 'leaving', 'past')),
    rule jsonb NOT NULL,
    noted_at timestamptz NOT NULL,
    counted_kind smallint NOT NULL DEFAULT 0,
    counted_id uuid,
    switched_at timestamptz,
    switched_by uuid,
    PRIMARY KEY (indicator, version)
);
CREATE UNIQUE INDEX counting_rule_active ON counting_rule (indicator) WHERE state = 'active';
CREATE UNIQUE INDEX counting_rule_waiting ON counting_rule (indicator)
    WHERE state IN ('counting', 'ready');
