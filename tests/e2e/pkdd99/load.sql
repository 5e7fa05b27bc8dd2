-- The files as they are, and what both sides need: cents as whole numbers, days as Julian days.
.mode csv
.separator ; "\r\n"
.import data/district.asc district
.import data/account.asc account
.import data/trans.asc trans_text
.import data/loan.asc loan_text
CREATE TABLE trans AS
SELECT rowid AS line, account_id, type,
       CAST(replace(amount, '.', '') AS INTEGER) AS amount,
       CAST(replace(balance, '.', '') AS INTEGER) AS balance,
       CAST(julianday('19' || substr(date, 1, 2) || '-' || substr(date, 3, 2) || '-' ||
                      substr(date, 5, 2)) + 0.5 AS INTEGER) AS day
FROM trans_text;
CREATE TABLE loan AS
SELECT account_id, status, CAST(amount AS INTEGER) * 100 AS amount,
       CAST(julianday('19' || substr(date, 1, 2) || '-' || substr(date, 3, 2) || '-' ||
                      substr(date, 5, 2)) + 0.5 AS INTEGER) AS day
FROM loan_text;
-- The last row of an account's day holds until its next day.
CREATE TABLE held AS
SELECT account_id, balance, day,
       lead(day) OVER (PARTITION BY account_id ORDER BY day) AS until
FROM trans
WHERE line IN (SELECT max(line) FROM trans GROUP BY account_id, day);
