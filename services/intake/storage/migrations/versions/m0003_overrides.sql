CREATE TABLE override (
    consultation_id uuid PRIMARY KEY,
    reason text NOT NULL,
    written_at timestamptz NOT NULL
);

CREATE INDEX consultation_like
    ON consultation (desk, main_topic, district, household, age_band, sex, received_at DESC)
    WHERE case_id IS NOT NULL AND NOT cancelled;
