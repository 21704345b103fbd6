'use strict';
// What a tonne of a crop costs today, as one organisation knows it. The contract asks while it is simulated.
//
// Every endorsing organisation asks its own function, and a sale stands only where all answer the same bytes. So answer what is
// fixed for a while, such as the closing price of yesterday, and not what differs from one moment to the next.

const PRICES = { wheat: Number(process.env.WHEAT), barley: 180 };

module.exports.handler = async (event) => {
  const { crop } = JSON.parse(event.toString());
  const eurosPerTonne = PRICES[crop];
  if (eurosPerTonne === undefined) throw new Error(`there is no price of ${crop}`);
  return { eurosPerTonne };
};
