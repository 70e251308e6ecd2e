ALTER TABLE support_case
    ADD COLUMN idle_since timestamptz,
    ADD COLUMN due_at timestamptz,
    ADD COLUMN stopped_clocks text[] NOT NULL DEFAULT '{}',
    ADD COLUMN outcome text,
    ADD COLUMN ended_by text;
UPDATE support_case SET idle_since = coalesce(
    (SELECT max(acted_at) FROM leg WHERE leg.case_id = support_case.id), opened_at);
ALTER TABLE support_case ALTER COLUMN idle_since SET NOT NULL;

ALTER TABLE leg
    ADD COLUMN checked_at timestamptz,
    ADD COLUMN confirmed_at timestamptz,
    ADD COLUMN continues uuid,
    ADD COLUMN assigned_to uuid,
    ADD COLUMN assigned_name text,
    ADD COLUMN outcome text,
    ADD COLUMN ended_by text,
    ADD COLUMN contact_clocks jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN on_paper boolean NOT NULL DEFAULT false;
UPDATE leg SET checked_at = acted_at WHERE state IN ('accepted', 'supporting');

-- A lead leg that is being handed on goes on until its successor is accepted.
DROP INDEX leg_one_open_lead;
CREATE UNIQUE INDEX leg_one_open_lead ON leg (case_id)
    WHERE lead AND state IN ('offered', 'accepted', 'supporting') AND continues IS NULL;
CREATE UNIQUE INDEX leg_one_pending_hand_on ON leg (continues)
    WHERE state = 'offered' AND continues IS NOT NULL;
DROP INDEX leg_receiver;
CREATE INDEX leg_inbox ON leg (receiver, due_at, id)
    WHERE state IN ('offered', 'accepted', 'supporting');
CREATE INDEX leg_receiver ON leg (receiver);
CREATE INDEX leg_sender ON leg (sender);

CREATE TABLE clock (
    case_id uuid NOT NULL,
    leg_id uuid,
    kind text NOT NULL,
    since timestamptz NOT NULL,
    round smallint NOT NULL DEFAULT 1,
    half_at timestamptz,
    due_at timestamptz NOT NULL,
    next_at timestamptz NOT NULL,
    CONSTRAINT clock_once UNIQUE NULLS NOT DISTINCT (case_id, leg_id, kind)
);
CREATE INDEX clock_next ON clock (next_at);
