CREATE TABLE account (
    id uuid PRIMARY KEY,
    login text NOT NULL UNIQUE,
    name text NOT NULL,
    role text NOT NULL CONSTRAINT account_role
        CHECK (role IN ('counter', 'agency', 'manager', 'admin')),
    agency text CONSTRAINT account_agency
        CHECK (agency IS NOT NULL OR role IN ('manager', 'admin')),
    password_hash text NOT NULL,
    created_at timestamptz NOT NULL,
    disabled_at timestamptz
);

CREATE TABLE session (
    secret_hash bytea PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES account,
    opened_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL
);
CREATE INDEX session_account ON session (account_id);

CREATE TABLE token (
    id uuid PRIMARY KEY,
    secret_hash bytea NOT NULL UNIQUE,
    name text NOT NULL,
    role text NOT NULL CONSTRAINT token_role
        CHECK (role IN ('counter', 'agency', 'manager', 'admin')),
    agency text CONSTRAINT token_agency
        CHECK (agency IS NOT NULL OR role IN ('manager', 'admin')),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);

CREATE TABLE sign_in_failure (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    login text NOT NULL,
    address text NOT NULL,
    failed_at timestamptz NOT NULL
);
CREATE INDEX sign_in_failure_recent ON sign_in_failure (login, address, failed_at);
