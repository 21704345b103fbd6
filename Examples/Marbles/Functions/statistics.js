'use strict';
// Counts, every minute, what the ledger holds: marbles by company and colour.

module.exports.handler = async (event, context) => {
  const answer = await context.ledger.evaluate({ contract: 'marbles-strict', function: 'read_everything' });
  const { owners, marbles } = JSON.parse(answer.toString());
  const count = (key) => (marbles ?? []).reduce((counts, marble) => {
    const name = key(marble);
    return { ...counts, [name]: (counts[name] ?? 0) + 1 };
  }, {});
  const statistics = {
    owners: (owners ?? []).length,
    marbles: (marbles ?? []).length,
    byCompany: count((marble) => marble.owner.company),
    byColor: count((marble) => marble.color),
  };
  console.log(JSON.stringify(statistics));
  return statistics;
};
