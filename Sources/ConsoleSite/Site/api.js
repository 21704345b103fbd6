// The node's public APIs. Nothing here or in the pages knows another way to it.

export class APIError extends Error {
  constructor(status, code, message, position, problems) {
    super(message);
    Object.assign(this, { status, code, position, problems: problems ?? [] });
  }
}

/** Who looks: set once the session is known. */
export const session = { organization: "", role: "", credential: "", chosen: "" };

const listeners = new Set();

/** Tells when the node asks for a login. */
export const onLoginNeeded = (listener) => listeners.add(listener);

function address(path, query) {
  const parameters = new URLSearchParams();
  // Only callers without a key may look as another organisation.
  if (session.credential === "loopback" && session.chosen && path.startsWith("/api/") && !path.startsWith("/api/logs"))
    parameters.set("organization", session.chosen);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null) parameters.set(name, value);
  }
  const text = parameters.toString();
  return text ? `${path}?${text}` : path;
}

/** A path with its variable segments made safe: path`/api/channels/${name}`. */
export const path = (parts, ...values) =>
  parts.reduce((text, part, index) => text + encodeURIComponent(values[index - 1]) + part);

async function call(method, route, { query, body, headers, signal, kind, method: other } = {}) {
  method = other ?? method;
  const options = { method, headers: { ...headers }, signal, credentials: "same-origin" };
  if (session.credential === "loopback" && session.chosen && route.startsWith("/2016-08-15"))
    options.headers["X-Fc-Account-Id"] = session.chosen;
  if (body !== undefined) {
    const raw = typeof body === "string" || body instanceof Uint8Array || body instanceof Blob;
    options.body = raw ? body : JSON.stringify(body);
    if (!raw) options.headers["Content-Type"] = "application/json";
  }
  let response;
  try {
    response = await fetch(address(route, query), options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new APIError(0, "Unreachable", "The node does not answer. Is it running?");
  }
  if (response.ok) {
    if (kind === "response") return response;
    if (kind === "bytes") return new Uint8Array(await response.arrayBuffer());
    const text = await response.text();
    return text ? JSON.parse(text) : null;
  }
  const text = await response.text();
  let told = {};
  try { told = JSON.parse(text); } catch { /* An answer that is no JSON is told as it is. */ }
  const error = told.error ?? { code: told.ErrorCode, message: told.ErrorMessage ?? text.slice(0, 500) };
  if (response.status === 401) for (const listener of listeners) listener(error.message);
  throw new APIError(response.status, error.code ?? String(response.status), error.message ?? response.statusText,
    error.position, error.problems);
}

export const get = (route, query, options) => call("GET", route, { query, ...options });
export const post = (route, body, options) => call("POST", route, { body, ...options });
export const put = (route, body, options) => call("PUT", route, { body, ...options });
export const remove = (route, options) => call("DELETE", route, options);

/**
 * Follows server-sent events until the page is left; the browser connects again and resumes behind the last one.
 *
 * `onState` is told "open" or "lost".
 */
export function follow(route, query, names, onEvent, onState, signal) {
  const source = new EventSource(address(route, query));
  for (const name of names) {
    source.addEventListener(name, (event) => onEvent(JSON.parse(event.data), event.lastEventId));
  }
  source.onopen = () => onState?.("open");
  source.onerror = () => onState?.(source.readyState === EventSource.CLOSED ? "closed" : "lost");
  signal.addEventListener("abort", () => source.close());
  return source;
}
