-- One quarter: :first and :after are Julian days; prints each number that differs, then how many
-- were compared.
CREATE TEMP TABLE ours AS
SELECT json_extract(value, '$.id') AS id, json_extract(value, '$.measures') AS m,
       json_extract(value, '$.metrics.average') AS average
FROM json_each(json_extract(CAST(readfile('results.json') AS TEXT), '$.subjects'));

CREATE TEMP TABLE spans AS
SELECT district_id AS id, balance, max(day, :first) AS since,
       min(coalesce(until, :after), :after) AS until
FROM held JOIN account USING (account_id)
WHERE day < :after AND coalesce(until, :after) > :first;

-- Highest total of a day: on each day of the quarter all balances that hold.
CREATE TEMP TABLE days AS
WITH RECURSIVE d(day) AS (SELECT :first UNION ALL SELECT day + 1 FROM d WHERE day + 1 < :after)
SELECT id, day, sum(balance) AS total FROM d JOIN spans ON since <= day AND day < until
GROUP BY id, day;

CREATE TEMP VIEW credits AS
SELECT district_id AS id, day, amount FROM trans JOIN account USING (account_id)
WHERE type = 'PRIJEM';

CREATE TEMP TABLE theirs (id TEXT, name TEXT, whole INTEGER);
INSERT INTO theirs SELECT id, 'held', sum(balance * (until - since)) FROM spans GROUP BY id;
INSERT INTO theirs SELECT id, 'peak', max(total) FROM
    (SELECT id, total FROM days UNION ALL -- a day without any balance counts as 0
     SELECT id, 0 FROM days GROUP BY id HAVING count(*) < :after - :first) GROUP BY id;
INSERT INTO theirs SELECT A1, 'credit', coalesce(sum(amount), 0)
    FROM district LEFT JOIN credits ON id = A1 AND day >= :first AND day < :after GROUP BY A1;
INSERT INTO theirs SELECT A1, 'credit_year', coalesce(sum(amount), 0)
    FROM district LEFT JOIN credits ON id = A1 AND day >= :year AND day < :after GROUP BY A1;
INSERT INTO theirs SELECT A1, 'credit_before', coalesce(sum(amount), 0)
    FROM district LEFT JOIN credits ON id = A1 AND day >= :before AND day < :before_after
    GROUP BY A1;
INSERT INTO theirs SELECT A1, 'trouble', coalesce(sum(amount), 0)
    FROM district LEFT JOIN (SELECT district_id, amount FROM loan JOIN account USING (account_id)
        WHERE status IN ('B', 'D') AND day < :after) ON district_id = A1 GROUP BY A1;
INSERT INTO theirs SELECT A1, 'clients', count(DISTINCT account_id)
    FROM district LEFT JOIN (SELECT district_id, account_id FROM trans JOIN account USING (account_id)
        WHERE day >= :first AND day < :after) ON district_id = A1 GROUP BY A1;
-- The average to six decimals, half away from zero, in whole numbers.
INSERT INTO theirs SELECT id, 'average',
    (CASE WHEN n < 0 THEN -1 ELSE 1 END) * ((2 * abs(n) * 10000 + days) / (2 * days)) FROM
    (SELECT id, sum(balance * (until - since)) AS n, :after - :first AS days FROM spans GROUP BY id);

-- Ours without the point: two decimals for amounts, six for the average, none for counts.
CREATE TEMP TABLE said AS
SELECT id, key, value, CASE key WHEN 'average' THEN 6 WHEN 'clients' THEN 0 ELSE 2 END AS places,
       CASE WHEN instr(value, '.') THEN substr(value, instr(value, '.') + 1) ELSE '' END AS decimals,
       CASE WHEN instr(value, '.') THEN substr(value, 1, instr(value, '.') - 1) ELSE value END AS whole
FROM (SELECT ours.id, key, value FROM ours, json_each(ours.m)
      UNION ALL SELECT id, 'average', average FROM ours);

SELECT t.id, t.name, t.whole, o.value FROM theirs t
LEFT JOIN said o ON o.id = t.id AND o.key = t.name
WHERE o.value IS NULL OR length(o.decimals) > o.places
   OR CAST(o.whole || substr(o.decimals || '000000', 1, o.places) AS INTEGER) <> t.whole;
SELECT 'compared ' || count(*) FROM theirs;
-- Absent with us where they have no row, too.
SELECT 'more', id, key, value FROM said
WHERE value IS NOT NULL AND key <> 'adb'
    AND NOT EXISTS (SELECT 1 FROM theirs WHERE theirs.id = said.id AND name = key);
