'use strict';
// What a payment is worth. The company's own business: change it, and deploy again while traffic runs.

// A point for each whole ten of the currency; a coupon for a payment of a hundred or more.
module.exports.rewardFor = ({ amount }) => ({
  points: Math.floor(amount / 1000),
  coupon: amount >= 10000 ? 'FREE-SHIPPING' : '',
});
