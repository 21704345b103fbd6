// A block's hash, worked out here: what the network says of itself can be checked by anybody.

import { ask } from "./stream.js";

const bytesOf = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hexOf = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** A number as DER writes it: as few bytes as hold it, the first without its highest bit. */
function integer(number) {
  const bytes = [];
  for (let rest = BigInt(number); rest > 0n; rest >>= 8n) bytes.unshift(Number(rest & 255n));
  if (!bytes.length || bytes[0] > 127) bytes.unshift(0);
  return [2, bytes.length, ...bytes];
}

const octets = (hex) => {
  const bytes = bytesOf(hex);
  return [4, bytes.length, ...bytes];
};

/** SHA-256 over the header as a DER sequence of number, previous hash and data hash, as Fabric defines it. */
export async function headerHash({ number, previousHash = "", dataHash }) {
  const content = [...integer(number), ...octets(previousHash), ...octets(dataHash)];
  return hexOf(await crypto.subtle.digest("SHA-256", Uint8Array.from([48, content.length, ...content])));
}

/** Goes back from a block: works out each hash, and looks whether the next block names it. Answers with how many were looked at, and the first that is wrong. */
export async function checkChain(number) {
  const { headers } = await ask(`headers?from=${number}`);
  let following = null;
  for (const header of headers) {
    const isRight = (await headerHash(header)) === header.hash && (!following || (following.previousHash === header.hash && following.number === header.number + 1));
    if (!isRight) return { count: headers.length, wrong: header.number };
    following = header;
  }
  return { count: headers.length, wrong: null };
}
