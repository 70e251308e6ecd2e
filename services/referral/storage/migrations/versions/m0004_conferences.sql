CREATE TABLE conference (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    held_on date NOT NULL,
    convener text NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    cancelled_at timestamptz
);

CREATE TABLE conference_words (
    conference_id uuid PRIMARY KEY,
    minutes text,
    cancel_reason text
);

CREATE TABLE conference_agency (
    conference_id uuid NOT NULL,
    agency text NOT NULL,
    place smallint NOT NULL,
    PRIMARY KEY (conference_id, agency)
);
CREATE INDEX conference_agency_agency ON conference_agency (agency);

CREATE TABLE conference_case (
    conference_id uuid NOT NULL,
    case_id uuid NOT NULL,
    place smallint NOT NULL,
    PRIMARY KEY (conference_id, case_id)
);
CREATE INDEX conference_case_case ON conference_case (case_id);

CREATE TABLE conference_decision (
    conference_id uuid NOT NULL,
    number smallint NOT NULL,
    case_id uuid NOT NULL,
    kind text NOT NULL,
    detail jsonb NOT NULL,
    PRIMARY KEY (conference_id, number)
);

CREATE TABLE support_plan (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL,
    version smallint NOT NULL,
    state text NOT NULL,
    review_on date NOT NULL,
    drafted_by text NOT NULL,
    drafted_at timestamptz NOT NULL,
    adopted_at timestamptz,
    adopted_in uuid,
    reviewed_at timestamptz,
    reviews smallint NOT NULL DEFAULT 0,
    CONSTRAINT support_plan_state CHECK (state IN ('draft', 'adopted', 'reviewed', 'replaced'))
);
CREATE UNIQUE INDEX support_plan_version ON support_plan (case_id, version);
CREATE UNIQUE INDEX support_plan_one_draft ON support_plan (case_id) WHERE state = 'draft';
CREATE UNIQUE INDEX support_plan_one_in_force ON support_plan (case_id)
    WHERE state IN ('adopted', 'reviewed');

CREATE TABLE plan_goal (
    plan_id uuid NOT NULL,
    number smallint NOT NULL,
    words text NOT NULL,
    score text,
    PRIMARY KEY (plan_id, number)
);

CREATE TABLE plan_role (
    plan_id uuid NOT NULL,
    goal smallint NOT NULL,
    place smallint NOT NULL,
    agency text NOT NULL,
    words text NOT NULL,
    PRIMARY KEY (plan_id, goal, place)
);

CREATE TABLE plan_review (
    plan_id uuid NOT NULL,
    number smallint NOT NULL,
    reviewed_at timestamptz NOT NULL,
    conference_id uuid,
    scores jsonb NOT NULL,
    PRIMARY KEY (plan_id, number)
);
