CREATE TABLE notification (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id uuid NOT NULL,
    agency text NOT NULL,
    kind text NOT NULL,
    case_id uuid NOT NULL,
    referral_id uuid,
    happened_at timestamptz NOT NULL,
    told_at timestamptz NOT NULL,
    CONSTRAINT notification_once UNIQUE (event_id, agency)
);
CREATE INDEX notification_agency ON notification (agency, number);
CREATE INDEX notification_case ON notification (case_id);

CREATE TABLE notification_read (
    account uuid NOT NULL,
    number bigint NOT NULL,
    PRIMARY KEY (account, number)
);

CREATE TABLE notification_mark (
    account uuid PRIMARY KEY,
    upto bigint NOT NULL
);

CREATE TABLE agency_channel (
    agency text PRIMARY KEY,
    email text NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by text NOT NULL
);

CREATE TABLE webhook (
    name text PRIMARY KEY,
    agency text NOT NULL,
    url text NOT NULL,
    secret text NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by text NOT NULL
);
CREATE INDEX webhook_agency ON webhook (agency);

CREATE TABLE delivery (
    id uuid PRIMARY KEY,
    number bigint NOT NULL REFERENCES notification,
    channel text NOT NULL
        CONSTRAINT delivery_channel CHECK (channel IN ('mail', 'webhook', 'paper')),
    target text NOT NULL,
    charge text NOT NULL,
    state text NOT NULL
        CONSTRAINT delivery_state CHECK (state IN ('waiting', 'sending', 'done', 'failed')),
    attempts smallint NOT NULL DEFAULT 0,
    next_at timestamptz,
    error text,
    done_at timestamptz,
    done_by text,
    CONSTRAINT delivery_once UNIQUE (number, channel, target)
);
CREATE INDEX delivery_due ON delivery (channel, next_at) WHERE state IN ('waiting', 'sending');
CREATE INDEX delivery_open ON delivery (charge) WHERE state <> 'done';

-- This service reads its own log from now on, and what was written before is old news.
INSERT INTO stream_cursor (stream, position)
    SELECT 'ev:{referral.' || partition || '}', max(position) FROM outbox
    WHERE position IS NOT NULL GROUP BY partition;
