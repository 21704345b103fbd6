'use strict';
// The house rule of United Marbles: its peers ask before they endorse that a marble is made or given away.
//
// This one lets everything pass. Edit it in the browser, deploy it, and the next marble meets the new one.

module.exports.handler = async (event, context) => {
  const { function: name, args, creator } = JSON.parse(event.toString());
  console.log(`${creator.name} may ${name}(${args.join(', ')})`);
  return { allow: true };
};
