CREATE TABLE memo_confirmation (
    consultation_id uuid PRIMARY KEY,
    confirmed_at timestamptz NOT NULL,
    confirmed_by text NOT NULL,
    places smallint NOT NULL
);
