// Code packages: reading and writing zip archives of texts.

const signature = { entry: 0x04034b50, directory: 0x02014b50, end: 0x06054b50 };

const piped = async (bytes, stream) => new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());

/** The files of an archive: `{name, bytes, mode}`. */
export async function unzip(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== signature.end) end -= 1;
  if (end < 0) throw new Error("This is no zip archive.");
  const files = [];
  let at = view.getUint32(end + 16, true);
  for (let count = view.getUint16(end + 10, true); count > 0; count -= 1) {
    if (view.getUint32(at, true) !== signature.directory) throw new Error("The archive's directory is damaged.");
    const method = view.getUint16(at + 10, true), size = view.getUint32(at + 20, true);
    const nameLength = view.getUint16(at + 28, true), extraLength = view.getUint16(at + 30, true), noteLength = view.getUint16(at + 32, true);
    const attributes = view.getUint32(at + 38, true), local = view.getUint32(at + 42, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const packed = bytes.subarray(start, start + size);
    if (!name.endsWith("/")) {
      files.push({ name, mode: (attributes >>> 16) & 0o777 || 0o644, bytes: method === 0 ? packed.slice() : await piped(packed, new DecompressionStream("deflate-raw")) });
    }
    at += 46 + nameLength + extraLength + noteLength;
  }
  return files.sort((one, other) => one.name < other.name ? -1 : 1);
}

const table = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function checksum(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = table[(value ^ byte) & 0xff] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

/** An archive of files. */
export async function zip(files) {
  const parts = [];
  const directory = [];
  let offset = 0;
  const record = (size, fields) => {
    const view = new DataView(new ArrayBuffer(size));
    for (const [at, width, value] of fields) width === 2 ? view.setUint16(at, value, true) : view.setUint32(at, value, true);
    return new Uint8Array(view.buffer);
  };
  for (const file of files) {
    const name = new TextEncoder().encode(file.name);
    const packed = await piped(file.bytes, new CompressionStream("deflate-raw"));
    // Version 2.0, names in UTF-8, deflate, and a fixed time, so that equal files make equal archives.
    const shared = [[0, 2, 20], [2, 2, 0x0800], [4, 2, 8], [6, 2, 0], [8, 2, 0x21], [10, 4, checksum(file.bytes)], [14, 4, packed.length], [18, 4, file.bytes.length], [22, 2, name.length]];
    const at = (start) => shared.map(([position, width, value]) => [position + start, width, value]);
    parts.push(record(30, [[0, 4, signature.entry], ...at(4)]), name, packed);
    directory.push(record(46, [[0, 4, signature.directory], [4, 2, 0x0314], ...at(6), [38, 4, ((0o100000 | file.mode) << 16) >>> 0], [42, 4, offset]]), name);
    offset += 30 + name.length + packed.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = record(22, [[0, 4, signature.end], [8, 2, files.length], [10, 2, files.length], [12, 4, size], [16, 4, offset]]);
  return new Uint8Array(await new Blob([...parts, ...directory, end]).arrayBuffer());
}
