'use strict';
// How much grain one owner may have, in the eyes of one organisation. Its peers ask before they endorse.
//
// Rules of this kind change every week; the contract, on which all organisations agreed, does not. Deploy the template with
// another Limit, or write another rule here, and the next proposal meets it.

const LIMIT = Number(process.env.LIMIT);

module.exports.handler = async (event, context) => {
  const asked = JSON.parse(event.toString());
  const [lot, ...rest] = asked.args;
  const look = (name, ...args) => context.ledger.evaluate({ contract: 'grain', function: name, args });
  let owner;
  let tonnes;
  if (asked.function === 'store') {
    [, tonnes, owner] = rest;
  } else {
    [owner] = rest;
    tonnes = JSON.parse(await look('lot', lot)).tonnes;
  }
  const before = Number(await look('tonnesOf', owner));
  if (before + Number(tonnes) <= LIMIT) return { allow: true };
  return { allow: false, message: `${owner} has ${before} t and may have ${LIMIT} t: ${tonnes} t are too many` };
};
