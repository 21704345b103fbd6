'use strict';
// Notes every action that somebody wished for, and answers with what it was told.
//
// A wish is not yet a fact: it may still be refused. What must follow facts hangs on the ledger by triggers.

const rawBody = require('raw-body');

module.exports.handler = (request, response, context) => {
  rawBody(request, (error, body) => {
    if (error) {
      response.setStatusCode(400);
      response.send(`The body cannot be read: ${error.message}`);
      return;
    }
    // The transaction among the queries leads from this line of the log to the block.
    console.log(JSON.stringify(request.queries));
    response.setStatusCode(200);
    response.setHeader('content-type', 'application/json');
    response.send(JSON.stringify({ method: request.method, path: request.path, queries: request.queries, body: String(body) }));
  });
};
