'use strict';
// Grants points to whoever gave a marble away: once for each transfer that is committed as valid, whatever falls in between.
//
// The rule is the company's own and changes when it likes; only the points are agreed on by all.

const company = 'United Marbles';
const pointsFor = ({ from, to }) => (from.company === to.company ? 1 : 3);

module.exports.handler = async (event) => {
  const { data } = JSON.parse(event.toString());
  const { id, from, to } = data.payload;
  if (from.company !== company || from.id === to.id) {
    console.log(`No points for ${id}: given by ${from.username} of ${from.company}`);
    return {};
  }
  const points = pointsFor(data.payload);
  console.log(`${points} points for ${from.username}, who gave ${id} to ${to.username} of ${to.company}`);
  // Answered transactions take effect exactly once, by the identity of this service.
  return { transactions: [{ contract: data.contract, function: 'grant_points', args: [from.id, String(points)] }] };
};
