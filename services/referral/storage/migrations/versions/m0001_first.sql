CREATE TABLE consultation (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL,
    desk text NOT NULL,
    revision integer NOT NULL,
    received_at timestamptz NOT NULL,
    topics text[] NOT NULL,
    urgency text NOT NULL,
    facts jsonb NOT NULL,
    cancelled boolean NOT NULL DEFAULT false
);
CREATE INDEX consultation_case ON consultation (case_id);

CREATE TABLE support_case (
    id uuid PRIMARY KEY,
    consultation_id uuid NOT NULL,
    code text,
    desk text NOT NULL,
    holder text NOT NULL,
    state text NOT NULL DEFAULT 'open'
        CONSTRAINT case_state CHECK (state IN ('open', 'completed', 'suspended', 'void')),
    escalated boolean NOT NULL DEFAULT false,
    lead_returns smallint NOT NULL DEFAULT 0,
    opened_at timestamptz NOT NULL
);
CREATE INDEX case_holder ON support_case (holder);
CREATE INDEX case_desk ON support_case (desk);

CREATE TABLE leg (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL,
    sender text NOT NULL,
    receiver text NOT NULL,
    lead boolean NOT NULL,
    state text NOT NULL,
    reason text NOT NULL,
    basis text NOT NULL,
    mode text NOT NULL,
    authorised_by text NOT NULL,
    offered_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    acted_at timestamptz NOT NULL,
    accepted_at timestamptz
);
CREATE INDEX leg_case ON leg (case_id);
CREATE INDEX leg_receiver ON leg (receiver, state);
CREATE UNIQUE INDEX leg_one_open_lead ON leg (case_id)
    WHERE lead AND state IN ('offered', 'accepted', 'supporting');

CREATE TABLE history (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id uuid NOT NULL,
    leg_id uuid,
    action text NOT NULL,
    agency text NOT NULL,
    actor text NOT NULL,
    detail jsonb NOT NULL,
    happened_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL
);
CREATE INDEX history_case ON history (case_id, number);

CREATE TABLE contact (
    id uuid PRIMARY KEY,
    leg_id uuid NOT NULL,
    held_on date NOT NULL,
    kind text NOT NULL,
    memo text,
    recorded_at timestamptz NOT NULL
);
CREATE INDEX contact_leg ON contact (leg_id);
