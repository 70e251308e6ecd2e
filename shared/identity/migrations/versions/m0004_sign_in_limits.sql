-- Failures of the last hour: none of them needs to outlive this change.
DROP TABLE sign_in_failure;
CREATE TABLE sign_in_attempt (
    id uuid PRIMARY KEY,
    login bytea NOT NULL,
    address text NOT NULL,
    device bytea,
    tried_at timestamptz NOT NULL
);
CREATE INDEX sign_in_attempt_login ON sign_in_attempt (login, tried_at);
CREATE INDEX sign_in_attempt_address ON sign_in_attempt (address, tried_at);

CREATE TABLE device (
    secret_hash bytea NOT NULL,
    account_id uuid NOT NULL REFERENCES account,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (secret_hash, account_id)
);
CREATE INDEX device_account ON device (account_id);
