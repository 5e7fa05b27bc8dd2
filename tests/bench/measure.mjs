// The peer of tests/bench/measure.sh: the same grouping in DuckDB, exact (DECIMAL), timed inside.
// usage: node measure.mjs FILE THREADS sum|average
import { createRequire } from 'node:module';
const require = createRequire(process.cwd() + '/');
const { DuckDBInstance } = require('@duckdb/node-api');

const [file, threads, what] = process.argv.slice(2);
const instance = await DuckDBInstance.create(':memory:', { threads });
const db = await instance.connect();
const table = `read_csv('${file}', header = true, delim = ',', quote = '"', auto_detect = false,
  columns = { date: 'DATE', account_id: 'VARCHAR', manager_id: 'VARCHAR', kind: 'VARCHAR',
    balance: 'DECIMAL(18,2)' })`;
const sums = `
  SELECT manager_id, kind, CAST(sum(balance) AS VARCHAR)
  FROM ${table}
  WHERE date >= DATE '2009-01-01' AND date < DATE '2010-01-01'
  GROUP BY manager_id, kind`;
// The average over the days of the year: a balance holds until the account's next row.
const averages = `
  SELECT manager_id, kind, CAST(sum(balance * (until - date)) AS VARCHAR)
  FROM (SELECT manager_id, kind, balance, date, coalesce(
          lead(date) OVER (PARTITION BY account_id ORDER BY date), DATE '2010-01-01') AS until
        FROM ${table})
  GROUP BY manager_id, kind`;
const sql = what === 'sum' ? sums : averages;
const begin = process.hrtime.bigint();
const rows = (await db.runAndReadAll(sql)).getRows();
const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
for (const row of rows) console.error(row.join(','));
console.log(JSON.stringify({ seconds, rss_kb: process.resourceUsage().maxRSS }));
