'use strict';
// Answers each committed payment with what it is worth; the node brings the answer into the ledger exactly once.

const { rewardFor } = require('./rules');

module.exports.handler = async (event) => {
  const { payment, customer, amount } = JSON.parse(event.toString()).data.payload;
  const { points, coupon } = rewardFor({ amount });
  console.log(JSON.stringify({ kind: 'award', payment, customer, points, coupon }));
  return {
    transactions: [{ contract: 'rewards', function: 'award', args: [payment, customer, String(points), coupon] }],
  };
};
