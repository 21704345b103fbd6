'use strict';
// Runs one function in Node.js: connects to the node's socket, loads the code, answers invocations.
//
// A message is: length (4 bytes, big-endian, of what follows), header length (4 bytes), header (JSON), body.

const { AsyncLocalStorage } = require('async_hooks');
const fs = require('fs');
const net = require('net');
const path = require('path');
const { Readable } = require('stream');
const { pathToFileURL } = require('url');
const util = require('util');

const messageByteCountMax = 34 * 1024 * 1024;
const current = new AsyncLocalStorage();
const running = new Map();
let settings = null;
let handlerModule = null;
let logByteCountMax = 1024 * 1024;
let unattributed = { id: '', logByteCount: 0, droppedByteCount: 0 };
let isEnding = false;

const socket = net.connect(process.env.DUET_SOCKET);
delete process.env.DUET_SOCKET;
const hardExit = process.reallyExit.bind(process);

function send(header, body) {
  const head = Buffer.from(JSON.stringify(header));
  const length = 4 + head.length + (body ? body.length : 0);
  const frame = Buffer.allocUnsafe(8 + head.length);
  frame.writeUInt32BE(length, 0);
  frame.writeUInt32BE(head.length, 4);
  head.copy(frame, 8);
  if (!body || body.length === 0) return socket.write(frame);
  socket.cork();
  socket.write(frame);
  const flushed = socket.write(body);
  socket.uncork();
  return flushed;
}

// Received bytes, kept as they came until a whole message is there.

let chunks = [];
let receivedCount = 0;
let wantedCount = 8;

socket.on('data', (chunk) => {
  chunks.push(chunk);
  receivedCount += chunk.length;
  while (receivedCount >= wantedCount) {
    const received = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
    chunks = [received];
    const length = received.readUInt32BE(0);
    if (length < 4 || length > messageByteCountMax) return hardExit(70);
    if (received.length < 4 + length) { wantedCount = 4 + length; return; }
    const headLength = received.readUInt32BE(4);
    if (headLength > length - 4) return hardExit(70);
    const header = JSON.parse(received.toString('utf8', 8, 8 + headLength));
    const body = received.subarray(8 + headLength, 4 + length);
    const rest = received.subarray(4 + length);
    chunks = rest.length ? [rest] : [];
    receivedCount = rest.length;
    wantedCount = 8;
    dispatch(header, body);
  }
});
// Without the node there is nobody to answer to.
socket.on('close', () => hardExit(0));
socket.on('error', () => hardExit(0));

function dispatch(header, body) {
  switch (header.type) {
    case 'load': return load(header);
    case 'initialize': return initialize(header);
    case 'invoke': return invoke(header, body);
    case 'hook': return runHook(header);
  }
}

// Output: every line travels with the request that wrote it.

function logScope() { return current.getStore() || (running.size === 1 ? running.values().next().value : unattributed); }

function log(level, text) {
  const scope = logScope();
  const line = Buffer.from(text);
  if (scope.logByteCount + line.length > logByteCountMax) {
    scope.droppedByteCount += line.length;
    return true;
  }
  scope.logByteCount += line.length;
  return send({ type: 'log', id: scope.id, level }, line);
}

function tellDropped(scope) {
  if (scope.droppedByteCount === 0) return;
  send({ type: 'log', id: scope.id, level: 'warn' },
    Buffer.from(`${scope.droppedByteCount} bytes of output were dropped: an invocation may write ${logByteCountMax} bytes.`));
  scope.droppedByteCount = 0;
}

for (const [method, level] of [['log', 'verbose'], ['info', 'info'], ['warn', 'warn'], ['error', 'error'],
  ['debug', 'debug'], ['trace', 'error']]) {
  console[method] = (...values) => { log(level, util.format(...values)); };
}
console.dir = (value, options) => { log('verbose', util.inspect(value, options)); };

function redirect(stream) {
  stream.write = (chunk, encoding, callback) => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    log('', text.endsWith('\n') ? text.slice(0, -1) : text);
    const done = typeof encoding === 'function' ? encoding : callback;
    if (typeof done === 'function') process.nextTick(done);
    return true;
  };
}
redirect(process.stdout);
redirect(process.stderr);

const logger = {
  log: (...values) => console.log(...values),
  debug: (...values) => console.debug(...values),
  info: (...values) => console.info(...values),
  warn: (...values) => console.warn(...values),
  error: (...values) => console.error(...values),
};

// Loading.

function splitHandler(name) {
  const dot = name.lastIndexOf('.');
  return [name.slice(0, dot), name.slice(dot + 1)];
}

async function importFile(file) {
  const base = path.resolve(process.cwd(), file);
  if (fs.existsSync(base + '.mjs') && !fs.existsSync(base + '.js')) return import(pathToFileURL(base + '.mjs').href);
  try {
    return require(base);
  } catch (error) {
    if (!error || error.code !== 'ERR_REQUIRE_ESM') throw error;
    return import(pathToFileURL(base + '.js').href);
  }
}

async function findHandler(name) {
  const [file, symbol] = splitHandler(name);
  const found = await importFile(file);
  const handler = found[symbol] || (found.default && found.default[symbol]);
  if (typeof handler !== 'function') {
    const error = new Error(`"${name}" is not a function: ${file}.js does not export "${symbol}".`);
    error.name = 'HandlerNotFound';
    throw error;
  }
  return handler;
}

async function load(header) {
  settings = header;
  logByteCountMax = header.logByteCountMax;
  Object.assign(process.env, header.environment);
  try {
    process.chdir(header.codeFolder);
    handlerModule = await findHandler(header.handler);
    send({ type: 'loaded' });
  } catch (error) {
    tellDropped(unattributed);
    send({ type: 'loaded', error: describe(error) });
  }
}

async function initialize(header) {
  const scope = makeScope(header);
  current.run(scope, async () => {
    let failure = null;
    try {
      const initializer = await findHandler(settings.initializer);
      await withCallback(initializer, [makeContext(header)]);
    } catch (error) {
      failure = describe(error);
    }
    tellDropped(scope);
    send({ type: 'initialized', error: failure });
  });
}

async function runHook(header) {
  const scope = makeScope(header);
  current.run(scope, async () => {
    try {
      const hook = await findHandler(header.handler);
      await withCallback(hook, [makeContext(header)]);
    } catch (error) {
      log('error', `${describe(error).errorType}: ${describe(error).errorMessage}`);
    }
    tellDropped(scope);
    send({ type: 'hookDone' });
  });
}

/// Calls a handler that answers by its callback or by a promise.
function withCallback(handler, values) {
  return new Promise((resolve, reject) => {
    const returned = handler(...values, (error, result) => {
      if (error) {
        reject(new HandledError(error));
      } else {
        resolve(result);
      }
    });
    if (returned && typeof returned.then === 'function') {
      returned.then(resolve, reject);
    } else if (handler.length > 0 ? handler.length <= values.length : returned !== undefined) {
      // It declares no callback, so what it returned is all there will be.
      resolve(returned);
    }
  });
}

class HandledError {
  constructor(cause) { this.cause = cause; }
}

function describe(error) {
  if (error instanceof HandledError) return Object.assign(describe(error.cause), { isHandled: true });
  if (error instanceof Error) {
    const stack = String(error.stack || '').split('\n').slice(1, 30).map((line) => line.trim());
    return { errorMessage: String(error.message), errorType: String(error.name || 'Error'), stackTrace: stack };
  }
  const message = typeof error === 'string' ? error : util.inspect(error);
  return { errorMessage: message, errorType: 'Error', stackTrace: [] };
}

// Invoking.

function makeScope(header) {
  return { id: header.id, logByteCount: 0, droppedByteCount: 0 };
}

function makeContext(header) {
  return {
    requestId: header.id,
    credentials: header.credentials || {},
    function: settings.function,
    service: settings.service,
    region: settings.region,
    accountId: settings.accountId,
    retryCount: header.retryCount || 0,
    logger,
    ledger: makeLedger(header.id),
    logs: makeLogs(header.id),
    tracing: {
      spanContext: header.traceparent || '',
      jaegerEndpoint: '',
      spanBaggages: {},
      parseOpenTracingBaggages: () => ({}),
    },
  };
}

// The ledger, through the instance's own socket.

class LedgerError extends Error {
  constructor(status, { code, message, details, transactionId }) {
    super(message);
    Object.assign(this, { name: 'LedgerError', status, code, details: details || [], transactionId });
  }
}

let ledgerAgent = null;

function callLedger(requestId, method, target, content) {
  return new Promise((resolve, reject) => {
    const socketPath = process.env.DUET_LEDGER_SOCKET;
    if (!socketPath) {
      const message = 'There is no ledger: the node runs no network.';
      return reject(new LedgerError(503, { code: 'Unavailable', message }));
    }
    const http = require('http');
    ledgerAgent = ledgerAgent || new http.Agent({ keepAlive: true, maxSockets: 16 });
    const headers = { authorization: `Bearer ${process.env.DUET_LEDGER_TOKEN}`, 'duet-request-id': requestId };
    const request = http.request({ socketPath, method, path: target, headers, agent: ledgerAgent }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        try {
          const answer = JSON.parse(Buffer.concat(parts).toString());
          if (answer.error) reject(new LedgerError(response.statusCode, answer.error)); else resolve(answer);
        } catch (error) {
          reject(error);
        }
      });
    });
    request.on('error', reject);
    request.end(content === undefined ? undefined : JSON.stringify(content));
  });
}

/// Texts as they are, bytes as base64, other values as JSON.
function ledgerValue(value) {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  return JSON.stringify(value === undefined ? null : value);
}

function ledgerCall(call) {
  const transient = Object.entries(call.transient || {}).map(([key, value]) => [key, ledgerValue(value)]);
  return { ...call, args: (call.args || []).map(ledgerValue), transient: Object.fromEntries(transient) };
}

function ledgerBytes(value) {
  return typeof value === 'string' ? Buffer.from(value) : Buffer.from(value.base64, 'base64');
}

function makeLedger(requestId) {
  return {
    LedgerError,
    async evaluate(call) {
      return ledgerBytes((await callLedger(requestId, 'POST', '/v1/evaluate', ledgerCall(call))).result);
    },
    async submit(call) {
      const answer = await callLedger(requestId, 'POST', '/v1/submit', ledgerCall(call));
      if (answer.code !== 'VALID') {
        const message = `Transaction ${answer.transactionId} stands in block ${answer.block} as ${answer.code}.`;
        throw new LedgerError(409, { code: answer.code, message, transactionId: answer.transactionId });
      }
      return { ...answer, result: ledgerBytes(answer.result) };
    },
    transaction(id, channel) {
      const query = channel === undefined ? '' : `?channel=${encodeURIComponent(channel)}`;
      return callLedger(requestId, 'GET', `/v1/transactions/${encodeURIComponent(id)}${query}`);
    },
  };
}

// The logs of the function's organisation, through the same socket; by default its service's own.
function makeLogs(requestId) {
  return {
    query(call = {}) {
      const own = { project: settings.service.logProject, logstore: settings.service.logStore };
      return callLedger(requestId, 'POST', '/v1/logs/query', { ...own, ...call });
    },
    // Every entry that the `source` of a log trigger's event names, one after another.
    async *pull(source) {
      for (let beginCursor = source.beginCursor; ;) {
        const page = await callLedger(requestId, 'POST', '/v1/logs/pull', {
          project: source.projectName, logstore: source.logstoreName, shard: source.shardId,
          beginCursor, endCursor: source.endCursor,
        });
        yield* page.entries;
        if (page.isComplete) return;
        beginCursor = page.nextCursor;
      }
    },
  };
}

function finish(scope, header, body) {
  if (!running.delete(scope.id)) return;
  tellDropped(scope);
  tellDropped(unattributed);
  unattributed.logByteCount = 0;
  header.type = 'result';
  header.id = scope.id;
  header.memory = process.resourceUsage().maxRSS * 1024;
  send(header, body);
}

function fail(scope, error) {
  finish(scope, { error: describe(error) });
}

function invoke(header, body) {
  const scope = makeScope(header);
  running.set(scope.id, scope);
  current.run(scope, () => {
    try {
      if (header.http) {
        invokeHTTP(scope, header, body);
      } else {
        withCallback(handlerModule, [body, makeContext(header)]).then(
          (result) => finish(scope, {}, encode(result)), (error) => fail(scope, error)
        ).catch((error) => fail(scope, error));
      }
    } catch (error) {
      fail(scope, error);
    }
  });
}

function encode(result) {
  if (result === undefined || result === null) return Buffer.alloc(0);
  if (Buffer.isBuffer(result)) return result;
  if (result instanceof Uint8Array) return Buffer.from(result.buffer, result.byteOffset, result.byteLength);
  if (typeof result === 'string') return Buffer.from(result);
  return Buffer.from(JSON.stringify(result));
}

function makeRequest(http, body) {
  // A stream even without a body, so that whoever reads it sees its end.
  const request = Readable.from(body.length ? [body] : [], { objectMode: false });
  const headers = {};
  for (const [name, value] of http.headers) {
    const key = name.toLowerCase();
    headers[key] = key in headers ? `${headers[key]}${key === 'cookie' ? '; ' : ', '}${value}` : value;
  }
  const queries = {};
  for (const [name, value] of http.queries) {
    if (!Object.prototype.hasOwnProperty.call(queries, name)) {
      Object.defineProperty(queries, name, { value, enumerable: true, writable: true, configurable: true });
    } else if (Array.isArray(queries[name])) {
      queries[name].push(value);
    } else {
      queries[name] = [queries[name], value];
    }
  }
  Object.assign(request, {
    headers, queries, path: http.path, method: http.method, url: http.url, clientIP: http.clientIP, host: http.host, body,
  });
  return request;
}

class Response {
  constructor(scope) {
    this.statusCode = 200;
    this.headerValues = new Map();
    this.scope = scope;
    this.isSent = false;
  }

  setStatusCode(code) { this.statusCode = code; }
  setHeader(name, value) { this.headerValues.set(String(name).toLowerCase(), [String(name), value]); }
  getHeader(name) { const found = this.headerValues.get(String(name).toLowerCase()); return found && found[1]; }
  deleteHeader(name) { this.headerValues.delete(String(name).toLowerCase()); }

  send(body) {
    if (this.isSent) return;
    this.isSent = true;
    if (body && typeof body.pipe === 'function') {
      const parts = [];
      let count = 0;
      body.on('data', (part) => {
        const bytes = Buffer.isBuffer(part) ? part : Buffer.from(part);
        count += bytes.length;
        if (count > settings.answerByteCountMax) {
          body.destroy();
          return this.refuseSize(count);
        }
        parts.push(bytes);
      });
      body.on('end', () => this.finish(Buffer.concat(parts)));
      body.on('error', (error) => fail(this.scope, error));
    } else {
      this.finish(encode(body));
    }
  }

  refuseSize(count) {
    const error = new Error(`The answer has more than ${settings.answerByteCountMax} bytes (${count}).`);
    error.name = 'FunctionResponseError';
    fail(this.scope, error);
  }

  finish(bytes) {
    if (bytes.length > settings.answerByteCountMax) return this.refuseSize(bytes.length);
    const headers = [];
    for (const [name, value] of this.headerValues.values()) {
      for (const single of Array.isArray(value) ? value : [value]) headers.push([name, String(single)]);
    }
    finish(this.scope, { http: { status: this.statusCode, headers } }, bytes);
  }
}

function invokeHTTP(scope, header, body) {
  const response = new Response(scope);
  const returned = handlerModule(makeRequest(header.http, body), response, makeContext(header));
  if (returned && typeof returned.then === 'function') returned.then(undefined, (error) => fail(scope, error));
}

// What nobody caught ends the process, after the requests were told.

function die(error) {
  if (isEnding) return;
  isEnding = true;
  const culprit = current.getStore();
  for (const scope of Array.from(running.values())) {
    if (!culprit || culprit === scope || running.size === 1) fail(scope, error);
  }
  log('error', `${describe(error).errorType}: ${describe(error).errorMessage}`);
  socket.end(() => hardExit(1));
  setTimeout(() => hardExit(1), 200);
}
process.on('uncaughtException', die);
process.on('unhandledRejection', die);

send({ type: 'hello', token: process.env.DUET_TOKEN, version: process.version });
delete process.env.DUET_TOKEN;
