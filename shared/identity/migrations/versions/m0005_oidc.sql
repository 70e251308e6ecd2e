-- An account may be known by the city's provider alone, by its issuer and subject.
ALTER TABLE account
    ALTER COLUMN password_hash DROP NOT NULL,
    ADD COLUMN subject text UNIQUE;

CREATE TABLE oidc_attempt (
    state_hash bytea PRIMARY KEY,
    nonce text NOT NULL,
    verifier text NOT NULL,
    target text NOT NULL,
    expires_at timestamptz NOT NULL
);
