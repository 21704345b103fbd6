'use strict';
// Reads a stream to its end, with the calling forms and the errors of the module of this name that handlers expect:
// getRawBody(stream, callback), (stream, options, callback), and without a callback a promise.

const { StringDecoder } = require('string_decoder');

const units = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3, tb: 1024 ** 4 };

module.exports = getRawBody;
module.exports.default = getRawBody;

function getRawBody(stream, options, callback) {
  if (stream === undefined) throw new TypeError('argument stream is required');
  if (stream === null || typeof stream !== 'object' || typeof stream.on !== 'function') {
    throw new TypeError('argument stream must be a stream');
  }
  let done = callback;
  let settings = options || {};
  if (options === true || typeof options === 'string') settings = { encoding: options };
  if (typeof options === 'function') {
    done = options;
    settings = {};
  }
  if (done !== undefined && typeof done !== 'function') throw new TypeError('argument callback must be a function');
  if (!done && typeof Promise === 'undefined') throw new TypeError('argument callback is required');

  const encoding = settings.encoding === true ? 'utf-8' : settings.encoding;
  const limit = parseLimit(settings.limit);
  const hasLength = settings.length !== undefined && settings.length !== null && !isNaN(settings.length);
  const length = hasLength ? parseInt(settings.length, 10) : null;

  if (done) {
    read(stream, encoding, length, limit, done);
    return stream;
  }
  return new Promise((resolve, reject) => {
    read(stream, encoding, length, limit, (error, data) => (error ? reject(error) : resolve(data)));
  });
}

function parseLimit(limit) {
  if (typeof limit === 'number') return limit;
  if (typeof limit !== 'string') return null;
  const match = /^([-+]?\d+(?:\.\d+)?) *(kb|mb|gb|tb|b)?$/i.exec(limit.trim());
  return match ? Math.floor(parseFloat(match[1]) * units[(match[2] || 'b').toLowerCase()]) : null;
}

function makeError(status, message, type, members) {
  const error = new Error(message);
  return Object.assign(error, { status, statusCode: status, expose: status < 500, type }, members);
}

function makeDecoder(encoding) {
  if (!encoding) return null;
  if (Buffer.isEncoding(encoding)) return new StringDecoder(encoding);
  try {
    const decoder = new TextDecoder(encoding);
    return { write: (chunk) => decoder.decode(chunk, { stream: true }), end: () => decoder.decode() };
  } catch (_) {
    throw makeError(415, 'specified encoding unsupported', 'encoding.unsupported', { encoding });
  }
}

function read(stream, encoding, length, limit, callback) {
  let isComplete = false;
  let isSync = true;
  let received = 0;
  let decoder = null;
  let text = '';
  const chunks = [];

  function finish(error, data) {
    if (isComplete) return;
    isComplete = true;
    for (const [name, listener] of listeners) stream.removeListener(name, listener);
    const tell = () => {
      if (error) {
        if (typeof stream.unpipe === 'function') stream.unpipe();
        if (typeof stream.pause === 'function') stream.pause();
        callback(error);
      } else {
        callback(null, data);
      }
    };
    // Whoever called has not returned yet: tell on the next turn, as the caller expects.
    if (isSync) process.nextTick(tell); else tell();
  }

  const listeners = [
    ['aborted', () => finish(makeError(400, 'request aborted', 'request.aborted', {
      code: 'ECONNABORTED', expected: length, length, received,
    }))],
    ['close', () => finish(makeError(400, 'request aborted', 'request.aborted', {
      code: 'ECONNABORTED', expected: length, length, received,
    }))],
    ['data', (chunk) => {
      if (isComplete) return;
      received += chunk.length;
      if (limit !== null && received > limit) {
        finish(makeError(413, 'request entity too large', 'entity.too.large', { limit, received }));
      } else if (decoder) {
        text += decoder.write(chunk);
      } else {
        chunks.push(chunk);
      }
    }],
    ['end', () => {
      if (length !== null && received !== length) {
        finish(makeError(400, 'request size did not match content length', 'request.size.invalid', {
          expected: length, length, received,
        }));
      } else {
        finish(null, decoder ? text + (decoder.end() || '') : Buffer.concat(chunks));
      }
    }],
    ['error', (error) => finish(error)],
  ];

  if (limit !== null && length !== null && length > limit) {
    finish(makeError(413, 'request entity too large', 'entity.too.large', { expected: length, length, limit }));
    return;
  }
  const state = stream._readableState;
  if (stream._encoding || (state && (state.encoding || state.decoder))) {
    finish(makeError(500, 'stream encoding should not be set', 'stream.encoding.set'));
    return;
  }
  if (stream.readable === false) {
    finish(makeError(500, 'stream is not readable', 'stream.not.readable'));
    return;
  }
  try {
    decoder = makeDecoder(encoding);
  } catch (error) {
    finish(error);
    return;
  }
  for (const [name, listener] of listeners) stream.on(name, listener);
  isSync = false;
}
