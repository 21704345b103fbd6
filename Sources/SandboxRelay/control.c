#define _GNU_SOURCE
#include "relay.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// A message is its length (4 bytes, big-endian, of what follows), a letter, and content.

enum { message_byte_count_max = 1 << 20 };

static int descriptor = -1;
static char *buffer;
static size_t buffered;

void control_open(const char *name) {
    descriptor = connect_to_node(name);
    if (descriptor < 0) give_up("the connection to the node");
    buffer = malloc(4 + message_byte_count_max);
    if (!buffer) give_up("memory");
    control_tell('H', 0);
}

int control_descriptor(void) { return descriptor; }

void control_tell(char type, unsigned number) {
    unsigned char message[9] = {0, 0, 0, 5, (unsigned char)type,
                                (unsigned char)(number >> 24), (unsigned char)(number >> 16),
                                (unsigned char)(number >> 8), (unsigned char)number};
    // A handful of small messages in a life: they always fit into the socket's buffer.
    if (write(descriptor, message, sizeof message) != sizeof message) give_up("a message to the node");
}

static uint32_t length_at(const char *bytes) {
    const unsigned char *b = (const unsigned char *)bytes;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/// The node went away: end with everything that was started.
static void end(void) {
    // In a process namespace of its own the end of the first process is the end of all; elsewhere the group is what is known.
    if (getpid() != 1) kill(0, SIGKILL);
    _exit(0);
}

static void act(char type, char *content, size_t byte_count) {
    if (type == 'X') {
        start_program(content, byte_count);
        return;
    }
    // `port`, `count` as 2 bytes each, then the name of a socket.
    if (byte_count < 6 || content[byte_count - 1] != 0) {
        errno = EPROTO;
        give_up("an order of the node");
    }
    unsigned port = (unsigned)(unsigned char)content[0] << 8 | (unsigned char)content[1];
    unsigned count = (unsigned)(unsigned char)content[2] << 8 | (unsigned char)content[3];
    switch (type) {
    case 'L': control_tell('L', ports_listen(port, content + 4)); break;
    case 'S': ports_serve(port, content + 4, count); break;
    default: errno = EPROTO; give_up("an order of the node");
    }
}

void control_read(void) {
    ssize_t count = read(descriptor, buffer + buffered, 4 + message_byte_count_max - buffered);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) end();
    buffered += (size_t)count;
    while (buffered >= 4) {
        uint32_t length = length_at(buffer);
        if (length < 1 || length > message_byte_count_max) {
            errno = EPROTO;
            give_up("an order of the node");
        }
        if (buffered < 4 + (size_t)length) return;
        act(buffer[4], buffer + 5, length - 1);
        buffered -= 4 + length;
        memmove(buffer, buffer + 4 + length, buffered);
    }
}
