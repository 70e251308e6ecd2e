ALTER TABLE leg ADD COLUMN instead_of text;

CREATE TABLE agency_pause (
    id uuid PRIMARY KEY,
    agency text NOT NULL,
    first date NOT NULL,
    last date,
    substitute text NOT NULL,
    reason text NOT NULL,
    set_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX agency_pause_agency ON agency_pause (agency) WHERE ended_at IS NULL;

CREATE TABLE agency_succession (
    agency text PRIMARY KEY,
    successor text NOT NULL,
    reason text NOT NULL,
    named_by text NOT NULL,
    named_at timestamptz NOT NULL
);

CREATE INDEX leg_waiting ON leg (receiver, due_at, id) WHERE state = 'offered';
CREATE INDEX leg_working ON leg (receiver, due_at, id) WHERE state IN ('accepted', 'supporting');
CREATE INDEX leg_assigned ON leg (assigned_to, due_at, id)
    WHERE state IN ('offered', 'accepted', 'supporting');
CREATE INDEX leg_sent ON leg (sender, receiver, due_at, id)
    WHERE state IN ('offered', 'accepted', 'supporting');
CREATE INDEX consultation_urgency ON consultation (urgency, case_id);
CREATE INDEX consultation_topics ON consultation USING gin (topics);
CREATE INDEX leg_lead_due ON leg (due_at) WHERE lead AND state = 'offered';
CREATE INDEX case_open_holder ON support_case (holder) WHERE state = 'open';
CREATE INDEX case_open_due ON support_case (due_at) WHERE state = 'open';
CREATE INDEX case_newest ON support_case (opened_at, id);
CREATE INDEX case_consultation ON support_case (consultation_id);
CREATE INDEX case_code ON support_case (code);

