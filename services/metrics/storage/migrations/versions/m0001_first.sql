CREATE TABLE consultation_fact (
    id uuid PRIMARY KEY,
    revision integer NOT NULL,
    cancelled boolean NOT NULL,
    desk text NOT NULL,
    received_on date NOT NULL,
    caller text NOT NULL,
    age_band text NOT NULL,
    district text NOT NULL,
    topics text[] NOT NULL,
    main_topic text NOT NULL,
    response text NOT NULL
);

CREATE TABLE leg_fact (
    id uuid PRIMARY KEY,
    consultation_id uuid NOT NULL,
    case_id uuid NOT NULL,
    sender text NOT NULL,
    receiver text NOT NULL,
    lead boolean NOT NULL,
    state text NOT NULL,
    offered_at timestamptz,
    accepted_at timestamptz,
    closed_at timestamptz,
    outcome text,
    returns smallint NOT NULL DEFAULT 0
);
CREATE INDEX leg_fact_consultation ON leg_fact (consultation_id);

CREATE TABLE activity_fact (
    id uuid PRIMARY KEY,
    revision integer NOT NULL,
    cancelled boolean NOT NULL,
    desk text NOT NULL,
    kind text NOT NULL,
    held_on date NOT NULL,
    district text,
    quantity integer NOT NULL,
    attendance integer,
    amount bigint
);

CREATE TABLE figure_fact (
    id uuid PRIMARY KEY,
    revision integer NOT NULL,
    cancelled boolean NOT NULL,
    indicator text NOT NULL,
    part text,
    as_of date NOT NULL,
    value numeric,
    numerator numeric,
    denominator numeric,
    state text
);

CREATE TABLE holder_change (
    event_id uuid PRIMARY KEY,
    case_id uuid NOT NULL,
    previous text,
    holder text NOT NULL,
    cause text NOT NULL,
    happened_at timestamptz NOT NULL
);

CREATE TABLE unmet_need (
    event_id uuid PRIMARY KEY,
    case_id uuid NOT NULL,
    consultation_id uuid NOT NULL,
    kind text NOT NULL,
    agency text,
    happened_at timestamptz NOT NULL
);

CREATE TABLE contribution (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject uuid NOT NULL,
    indicator text NOT NULL,
    role text NOT NULL,
    fiscal_year smallint NOT NULL,
    day date NOT NULL,
    part text,
    quantity numeric,
    numerator numeric,
    denominator numeric,
    state text,
    desk text,
    district text,
    age_band text
);
CREATE INDEX contribution_subject ON contribution (subject);
CREATE INDEX contribution_year ON contribution (fiscal_year, indicator);
CREATE INDEX contribution_reported ON contribution (indicator, day) WHERE role = 'reported';
