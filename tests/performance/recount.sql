-- The logs of tests/performance/recorded.py read into facts and contributions, in plain SQL.
-- It is written from the plan's definitions and knows nothing of the counting code. `told` holds
-- both logs; it makes the schema `plain`, with the live tables' columns and indexes.
CREATE TABLE plain.event AS
SELECT number, kind, subject, (envelope->>'id')::uuid AS id,
    (envelope->>'time')::timestamptz AS at, envelope->'data' AS data
FROM (
    SELECT number, split_part(type, '.', 3) AS kind, subject, event::jsonb AS envelope FROM plain.told
) AS parsed;
ANALYZE plain.event;

INSERT INTO plain.consultation_fact
SELECT DISTINCT ON (subject) subject, coalesce(gone.revision, (data->>'revision')::integer),
    gone.subject IS NOT NULL, data->>'desk',
    ((data->>'received_at')::timestamptz AT TIME ZONE 'Asia/Tokyo')::date, data->>'caller',
    data->>'age_band', data->>'district',
    ARRAY(SELECT jsonb_array_elements_text(data->'topics')), data->>'main_topic', data->>'response'
FROM plain.event LEFT JOIN (
    SELECT subject, (data->>'revision')::integer AS revision FROM plain.event
    WHERE kind = 'consultation-cancelled'
) AS gone USING (subject)
WHERE kind IN ('consultation-recorded', 'consultation-corrected')
ORDER BY subject, (data->>'revision')::integer DESC;

INSERT INTO plain.activity_fact
SELECT subject, (data->>'revision')::integer, false, data->>'desk', data->>'kind',
    (data->>'held_on')::date, data->>'district', (data->>'quantity')::integer,
    (data->>'attendance')::integer, (data->>'amount')::bigint
FROM plain.event WHERE kind = 'activity-recorded';

INSERT INTO plain.figure_fact
SELECT subject, (data->>'revision')::integer, false, data->>'indicator', data->>'part',
    (data->>'as_of')::date, (data->>'value')::numeric, NULL, NULL, NULL
FROM plain.event WHERE kind = 'figure-reported';

INSERT INTO plain.holder_change
SELECT id, (data->>'case_id')::uuid, data->>'previous', data->>'holder', data->>'cause', at
FROM plain.event WHERE kind = 'holder-changed';

INSERT INTO plain.leg_fact (id, consultation_id, case_id, sender, receiver, lead, state,
    offered_at, accepted_at, closed_at, outcome)
SELECT (data->>'referral_id')::uuid, (data->>'consultation_id')::uuid, (data->>'case_id')::uuid,
    data->>'sender', data->>'receiver', (data->>'lead')::boolean,
    CASE WHEN ended.closed_at IS NOT NULL THEN 'closed'
        WHEN taken.accepted_at IS NOT NULL THEN 'accepted' ELSE 'offered' END,
    at, taken.accepted_at, ended.closed_at, ended.outcome
FROM plain.event
LEFT JOIN (SELECT data->>'referral_id' AS leg, at AS accepted_at FROM plain.event
    WHERE kind = 'referral-accepted') AS taken ON taken.leg = data->>'referral_id'
LEFT JOIN (SELECT data->>'referral_id' AS leg, at AS closed_at, data->>'outcome' AS outcome
    FROM plain.event WHERE kind = 'referral-closed') AS ended ON ended.leg = data->>'referral_id'
WHERE kind = 'referral-offered';
CREATE INDEX ON plain.leg_fact (consultation_id);
ANALYZE plain.consultation_fact, plain.leg_fact;

CREATE TABLE plain.standing AS
SELECT *, topics && ARRAY['child-abuse', 'elder-abuse', 'disability-abuse', 'dv'] AS shielded,
    desk = ANY (:council) AS at_council, topics && :hardship AS hardship,
    topics && :residents AS residents
FROM plain.consultation_fact WHERE NOT cancelled;
CREATE TABLE plain.leg AS
SELECT consultation_id, receiver, outcome,
    (accepted_at AT TIME ZONE 'Asia/Tokyo')::date AS accepted_on,
    (closed_at AT TIME ZONE 'Asia/Tokyo')::date AS closed_on
FROM plain.leg_fact;
CREATE TABLE plain.counted AS
SELECT indicator, 'flow' AS role, id AS subject, day, NULL AS part, 1::numeric AS quantity, desk,
    district, age_band, shielded
FROM (
    SELECT 'csw-consultations' AS indicator, received_on AS day, s.* FROM plain.standing AS s
    WHERE desk = 'csw'
    UNION ALL SELECT 'csw-consultations', taken.day, s.* FROM plain.standing AS s JOIN (
        SELECT consultation_id, min(accepted_on) AS day FROM plain.leg
        WHERE receiver = 'csw' AND accepted_on IS NOT NULL GROUP BY consultation_id
    ) AS taken ON taken.consultation_id = s.id WHERE desk <> 'csw'
    UNION ALL SELECT 'group-consultations', received_on, s.* FROM plain.standing AS s
    WHERE at_council AND caller IN ('welfare-group', 'residents-association')
    UNION ALL SELECT 'volunteer-consultations', received_on, s.* FROM plain.standing AS s
    WHERE desk = 'shakyo-volunteer'
    UNION ALL SELECT 'resident-activity-consultations', received_on, s.* FROM plain.standing AS s
    WHERE at_council AND residents
    UNION ALL SELECT 'welfare-consultations', received_on, s.* FROM plain.standing AS s
    WHERE desk = 'chiiki-kyosei'
    UNION ALL SELECT 'shakyo-consultations', received_on, s.* FROM plain.standing AS s
    WHERE desk = 'shakyo-sogo'
    UNION ALL SELECT 'hardship-consultations', received_on, s.* FROM plain.standing AS s
    WHERE at_council AND hardship
    UNION ALL SELECT 'hardship-support', least(ended.day, own.day), s.*
    FROM plain.standing AS s LEFT JOIN (
        SELECT consultation_id, min(closed_on) AS day FROM plain.leg
        WHERE receiver = ANY (:council) AND closed_on IS NOT NULL AND outcome IN
            ('resolved', 'partly-resolved', 'service-started', 'employed', 'watching')
        GROUP BY consultation_id
    ) AS ended ON ended.consultation_id = s.id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN at_council AND response = 'aid' THEN received_on END AS day
    ) AS own WHERE hardship AND least(ended.day, own.day) IS NOT NULL
) AS consultations
UNION ALL
SELECT 'new-workers', 'flow', l.consultation_id, closed_on,
    CASE receiver WHEN 'seikatsu-engo' THEN 'public-assistance' ELSE 'disability' END, 1, receiver,
    c.district, c.age_band, c.topics && ARRAY['child-abuse', 'elder-abuse', 'disability-abuse', 'dv']
FROM plain.leg AS l JOIN plain.consultation_fact AS c ON c.id = l.consultation_id
WHERE closed_on IS NOT NULL AND outcome = 'employed'
    AND receiver IN ('seikatsu-engo', 'shogai-shuro')
UNION ALL
SELECT rule.indicator, 'flow', id, held_on, NULL,
    CASE rule.measure WHEN 'quantity' THEN quantity WHEN 'attendance' THEN attendance
        WHEN 'amount' THEN amount ELSE 1 END, desk, district, NULL, false
FROM plain.activity_fact JOIN (VALUES
    ('liaison-meetings', 'liaison-meeting', 'quantity', true),
    ('group-exchange-events', 'group-exchange', 'quantity', true),
    ('donations', 'donation', 'amount', true),
    ('volunteer-courses', 'volunteer-course', 'quantity', true),
    ('disaster-volunteer-training', 'disaster-volunteer-training', 'quantity', true),
    ('lecture-attendance', 'welfare-lecture', 'attendance', false),
    ('welfare-education', 'welfare-education', 'quantity', true),
    ('outreach-lectures', 'outreach-lecture', 'quantity', true),
    ('guardianship-awareness', 'guardianship-awareness', 'quantity', true),
    ('disability-awareness', 'disability-awareness', 'quantity', false),
    ('exchange-events', 'resident-exchange', 'quantity', true),
    ('consultation-events', 'consultation-event', 'quantity', true),
    ('information-releases', 'information-release', 'quantity', true),
    ('watch-awareness', 'watch-awareness', 'quantity', true),
    ('aihato-uses', 'aihato-use', 'quantity', true),
    ('area-assessments', 'area-assessment', 'one', true),
    ('dementia-supporters', 'dementia-supporter-course', 'attendance', false)
) AS rule (indicator, kind, measure, by_council)
    ON rule.kind = activity_fact.kind AND rule.by_council = (desk = ANY (:council))
WHERE CASE rule.measure WHEN 'quantity' THEN quantity WHEN 'attendance' THEN attendance
        WHEN 'amount' THEN amount ELSE 1 END IS NOT NULL
    AND (rule.measure <> 'one'
        OR district IN ('east', 'west', 'south', 'north', 'northeast', 'southwest'))
UNION ALL
SELECT indicator, 'reported', id, as_of, part, value, NULL, NULL, NULL, false
FROM plain.figure_fact;

INSERT INTO plain.contribution (subject, indicator, role, fiscal_year, day, part, quantity, desk,
    district, age_band, rule_version, shielded)
SELECT subject, indicator, role, date_part('year', day - interval '3 months'), day, part, quantity,
    desk, district, age_band, version, shielded
FROM plain.counted JOIN counting_rule USING (indicator) WHERE state = 'active';
CREATE INDEX ON plain.contribution (subject);
CREATE INDEX ON plain.contribution (fiscal_year, indicator);
CREATE INDEX ON plain.contribution (indicator, day) WHERE role = 'reported';
ANALYZE plain.contribution;
