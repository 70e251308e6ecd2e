-- Frozen: a change is a new file and a new migration of each service.
CREATE TABLE idempotency_key (
    principal uuid,
    key text,
    body_hash bytea NOT NULL,
    status smallint,
    answer text,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (principal, key)
);
