-- What was counted before is recounted by `tsunagi rebuild metrics`; until then it is version 1.
ALTER TABLE contribution
    ADD COLUMN rule_version smallint NOT NULL DEFAULT 1,
    ADD COLUMN shielded boolean NOT NULL DEFAULT false;

ALTER TABLE contribution
    ALTER COLUMN rule_version DROP DEFAULT,
    ALTER COLUMN shielded DROP DEFAULT;
