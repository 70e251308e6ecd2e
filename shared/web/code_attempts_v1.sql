-- Frozen: a change is a new file and a new migration of each service.
CREATE TABLE code_attempt (
    id uuid PRIMARY KEY,
    principal uuid NOT NULL,
    tried_at timestamptz NOT NULL
);
CREATE INDEX code_attempt_principal ON code_attempt (principal, tried_at);
