#include <zlib.h>

// Unpacks bare deflated data, without zlib's header, as zip archives hold it. In C, since other packages' modules claim zlib's
// types for themselves, and Swift then sees them only through those. Returns Z_OK if exactly `size` bytes came out.
static inline int duet_inflate_bare(const unsigned char *packed, unsigned packed_size, unsigned char *plain, unsigned size) {
    z_stream stream = {0};
    int code = inflateInit2(&stream, -MAX_WBITS);
    if (code != Z_OK) return code;
    stream.next_in = (unsigned char *)packed;
    stream.avail_in = packed_size;
    stream.next_out = plain;
    stream.avail_out = size;
    code = inflate(&stream, Z_FINISH);
    inflateEnd(&stream);
    return code == Z_STREAM_END && stream.avail_out == 0 ? Z_OK : Z_DATA_ERROR;
}
