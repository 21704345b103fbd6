'use strict';
// Counts over the log store, now and then, what was awarded lately.

module.exports.handler = async (event, context) => {
  const query = 'award | select count(*) as awards from log';
  const { rows } = await context.logs.query({ query, since: '1h' });
  const statistics = { kind: 'statistics', awards: Number(rows[0].awards) };
  console.log(JSON.stringify(statistics));
  return statistics;
};
