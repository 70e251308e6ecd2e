ALTER TABLE account ADD COLUMN must_change boolean NOT NULL DEFAULT false;

-- Everybody signs in once more: where a session was opened is not known of the old ones.
DELETE FROM session;
ALTER TABLE session
    ADD COLUMN id uuid NOT NULL UNIQUE,
    ADD COLUMN browser text NOT NULL,
    ADD COLUMN method text NOT NULL CONSTRAINT session_method
        CHECK (method IN ('password', 'oidc', 'proxy'));
