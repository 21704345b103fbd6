var getRawBody = require('raw-body')
module.exports.handler = function (request, response, context) {
  // get request info
  getRawBody(request, function (err, data) {
    var params = {
      path: request.path,
      queries: request.queries,
      headers: request.headers,
      method: request.method,
      body: data,
      url: request.url,
      clientIP: request.clientIP,
    }
    // you can deal with your own logic here
    console.log(JSON.stringify(params.queries))
    // set response
    var respBody = new Buffer.from(JSON.stringify(params));
    // var respBody = new Buffer( )
    response.setStatusCode(200)
    response.setHeader('content-type', 'application/json')
    response.send(respBody)
  })
};
