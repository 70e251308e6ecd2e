CREATE TABLE asked_destination (
    case_id uuid,
    agency text,
    asked_at timestamptz NOT NULL,
    place smallint NOT NULL,
    PRIMARY KEY (case_id, agency)
);

CREATE TABLE slip_choice (
    consultation_id uuid,
    chosen_at timestamptz,
    chosen_by text NOT NULL,
    PRIMARY KEY (consultation_id, chosen_at)
);
