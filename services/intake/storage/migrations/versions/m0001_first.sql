CREATE TABLE consultation (
    id uuid PRIMARY KEY,
    desk text NOT NULL,
    revision integer NOT NULL,
    cancelled boolean NOT NULL DEFAULT false,
    fiscal_year smallint NOT NULL,
    received_at timestamptz NOT NULL,
    caller text NOT NULL,
    channel text NOT NULL,
    anonymous boolean NOT NULL,
    repeat boolean NOT NULL,
    age_band text NOT NULL,
    sex text NOT NULL,
    district text NOT NULL,
    household text NOT NULL,
    topics text[] NOT NULL,
    main_topic text NOT NULL,
    urgency text NOT NULL,
    response text NOT NULL,
    case_id uuid,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL
);
CREATE INDEX consultation_desk ON consultation (desk, received_at DESC, id DESC);
CREATE INDEX consultation_case ON consultation (case_id) WHERE case_id IS NOT NULL;

CREATE TABLE memo (
    consultation_id uuid PRIMARY KEY,
    body text NOT NULL,
    written_at timestamptz NOT NULL
);

CREATE TABLE revision (
    record_id uuid,
    revision integer,
    facts jsonb NOT NULL,
    reason text NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (record_id, revision)
);

CREATE TABLE handover (
    case_id uuid PRIMARY KEY,
    code text NOT NULL UNIQUE,
    desk text NOT NULL,
    consultation_id uuid NOT NULL,
    issued_at timestamptz NOT NULL
);

CREATE TABLE leg_standing (
    referral_id uuid PRIMARY KEY,
    case_id uuid NOT NULL,
    sender text NOT NULL,
    receiver text NOT NULL,
    lead boolean NOT NULL,
    state text NOT NULL,
    since timestamptz NOT NULL,
    reason text,
    outcome text
);
CREATE INDEX leg_standing_case ON leg_standing (case_id);

CREATE TABLE activity (
    id uuid PRIMARY KEY,
    desk text NOT NULL,
    revision integer NOT NULL,
    cancelled boolean NOT NULL DEFAULT false,
    fiscal_year smallint NOT NULL,
    kind text NOT NULL,
    held_on date NOT NULL,
    district text,
    quantity integer NOT NULL,
    attendance integer,
    amount bigint,
    note text,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL
);
CREATE INDEX activity_desk ON activity (desk, held_on DESC, id DESC);

CREATE TABLE figure (
    id uuid PRIMARY KEY,
    desk text,
    revision integer NOT NULL,
    cancelled boolean NOT NULL DEFAULT false,
    fiscal_year smallint NOT NULL,
    indicator text NOT NULL,
    part text,
    as_of date NOT NULL,
    value numeric,
    numerator numeric,
    denominator numeric,
    state text,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX figure_day ON figure (indicator, coalesce(part, ''), as_of)
    WHERE NOT cancelled;
