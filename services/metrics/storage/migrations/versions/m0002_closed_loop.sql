ALTER TABLE leg_fact
    ADD COLUMN confirmed_at timestamptz,
    ADD COLUMN overdue_at timestamptz;

CREATE TABLE case_change (
    event_id uuid PRIMARY KEY,
    case_id uuid NOT NULL,
    kind text NOT NULL,
    clock text,
    agency text,
    outcome text,
    ended_by text,
    happened_at timestamptz NOT NULL
);
CREATE INDEX case_change_case ON case_change (case_id);
