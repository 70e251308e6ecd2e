-- The older account keeps its login; of the others the administrator sees the new ones in the list.
UPDATE account AS later SET login = later.login || '-' || right(later.id::text, 12)
WHERE EXISTS (
    SELECT FROM account AS earlier
    WHERE lower(earlier.login) = lower(later.login)
    AND (earlier.created_at, earlier.id) < (later.created_at, later.id)
);

CREATE UNIQUE INDEX account_login_alike ON account (lower(login));
