-- The tables of the log as every service's first migration makes them. Frozen: a change is a
-- new file and a new migration of each service.
CREATE TABLE outbox (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    partition smallint NOT NULL,
    position bigint,
    event_id uuid NOT NULL UNIQUE,
    subject uuid NOT NULL,
    type text NOT NULL,
    event text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX outbox_position ON outbox (partition, position);
CREATE INDEX outbox_waiting ON outbox (partition, number) WHERE position IS NULL;
CREATE INDEX outbox_subject ON outbox (subject);

CREATE TABLE inbox (
    event_id uuid PRIMARY KEY
);

CREATE TABLE stream_cursor (
    stream text PRIMARY KEY,
    position bigint NOT NULL DEFAULT 0 CONSTRAINT stream_cursor_position CHECK (position >= 0)
);

CREATE TABLE dead_letter (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stream text NOT NULL,
    position bigint NOT NULL,
    event_id uuid,
    subject uuid,
    event text NOT NULL,
    state text NOT NULL CONSTRAINT dead_letter_state
        CHECK (state IN ('failed', 'parked', 'replayed', 'discarded')),
    error text NOT NULL,
    attempts smallint NOT NULL DEFAULT 0,
    since timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz
);
CREATE UNIQUE INDEX dead_letter_place ON dead_letter (stream, position);
CREATE INDEX dead_letter_open ON dead_letter (subject, position)
    WHERE state IN ('failed', 'parked');
