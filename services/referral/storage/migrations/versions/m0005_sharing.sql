ALTER TABLE leg
    ADD COLUMN consent_until date,
    ADD COLUMN consent_withdrawn_at timestamptz;
CREATE INDEX consultation_received ON consultation (received_at);

CREATE TABLE milestone (
    figure_id uuid PRIMARY KEY,
    indicator text NOT NULL,
    as_of date NOT NULL,
    state text NOT NULL,
    revision integer NOT NULL,
    cancelled boolean NOT NULL DEFAULT false
);
CREATE INDEX milestone_indicator ON milestone (indicator, as_of);
