#define _GNU_SOURCE
#include "relay.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    connection_count_max = 256,
    buffer_byte_count = 64 * 1024,
    name_byte_count_max = 32,
    /// Between two looks whether the function's server is up.
    knock_interval_milliseconds = 2,
};

/// One direction of a connection: what was read and is not written yet.
struct flow {
    char *bytes;
    size_t start, end;
    bool is_finished;
};

/// Two sockets whose bytes are exchanged. A spare one has no inner socket until the node speaks.
struct connection {
    int node, inner;
    struct flow to_node, to_inner;
};

static struct connection connections[connection_count_max];
static int connection_count, spare_count;

static int listener = -1;
static char listener_name[name_byte_count_max];

static unsigned served_port, spare_count_wanted;
static char served_name[name_byte_count_max];
static bool is_serving, is_knocking;

static void copy_name(char *to, const char *name) {
    if (strlen(name) >= name_byte_count_max) {
        errno = ENAMETOOLONG;
        give_up(name);
    }
    strcpy(to, name);
}

static struct sockaddr_in loopback(unsigned port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

unsigned ports_listen(unsigned port, const char *name) {
    copy_name(listener_name, name);
    struct sockaddr_in address = loopback(port);
    socklen_t length = sizeof address;
    int yes = 1;
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 64) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) != 0)
        give_up("a port for the runtime's calls");
    return ntohs(address.sin_port);
}

void ports_serve(unsigned port, const char *name, unsigned count) {
    copy_name(served_name, name);
    served_port = port;
    spare_count_wanted = count;
    is_knocking = true;
}

/// A connection to the function's server, or -1 while there is none.
static int connect_inside(void) {
    struct sockaddr_in address = loopback(served_port);
    int yes = 1, descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    // On the loopback a connection is there at once or refused at once.
    if (connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0 ||
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) != 0 ||
        fcntl(descriptor, F_SETFL, O_NONBLOCK) != 0) {
        close(descriptor);
        return -1;
    }
    return descriptor;
}

static bool open_connection(int node, int inner) {
    if (connection_count == connection_count_max) return false;
    struct connection opened = {.node = node, .inner = inner};
    opened.to_node.bytes = malloc(buffer_byte_count);
    opened.to_inner.bytes = malloc(buffer_byte_count);
    if (!opened.to_node.bytes || !opened.to_inner.bytes) {
        free(opened.to_node.bytes);
        free(opened.to_inner.bytes);
        return false;
    }
    connections[connection_count++] = opened;
    return true;
}

static void close_connection(int index) {
    struct connection *closed = &connections[index];
    close(closed->node);
    if (closed->inner >= 0) {
        close(closed->inner);
    } else {
        spare_count--;
    }
    free(closed->to_node.bytes);
    free(closed->to_inner.bytes);
    *closed = connections[--connection_count];
}

static void accept_connection(void) {
    int inner = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (inner < 0) return;
    int yes = 1;
    setsockopt(inner, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    int node = connect_to_node(listener_name);
    if (node >= 0 && open_connection(node, inner)) return;
    if (node >= 0) close(node);
    close(inner);
}

static void keep_spares(void) {
    while (is_serving && (unsigned)spare_count < spare_count_wanted) {
        int node = connect_to_node(served_name);
        if (node < 0) return;
        if (!open_connection(node, -1)) {
            close(node);
            return;
        }
        spare_count++;
    }
}

static void knock(void) {
    int descriptor = connect_inside();
    if (descriptor < 0) return;
    close(descriptor);
    is_knocking = false;
    is_serving = true;
    control_tell('S', served_port);
    keep_spares();
}

/// Reads what there is. False when the connection is of no more use.
static bool fill(int from, struct flow *flow) {
    if (flow->start == flow->end) flow->start = flow->end = 0;
    if (flow->end == buffer_byte_count || flow->is_finished) return true;
    ssize_t count = read(from, flow->bytes + flow->end, buffer_byte_count - flow->end);
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    if (count == 0) flow->is_finished = true;
    flow->end += (size_t)count;
    return true;
}

/// Writes what was read. False when the connection is of no more use.
static bool drain(int to, struct flow *flow) {
    while (flow->start < flow->end) {
        ssize_t count = write(to, flow->bytes + flow->start, flow->end - flow->start);
        if (count < 0) return errno == EAGAIN || errno == EINTR;
        flow->start += (size_t)count;
    }
    if (flow->is_finished) shutdown(to, SHUT_WR);
    return true;
}

static bool is_pending(const struct flow *flow) { return flow->start < flow->end; }

static short interest(const struct flow *incoming, const struct flow *outgoing) {
    bool has_room = incoming->end - incoming->start < buffer_byte_count && !incoming->is_finished;
    return (short)((has_room && !is_pending(incoming) ? POLLIN : 0) | (is_pending(outgoing) ? POLLOUT : 0));
}

/// Carries bytes of one connection. False when it is done.
static bool carry(struct connection *carried, short node_events, short inner_events) {
    if (node_events & (POLLIN | POLLHUP | POLLERR) && !fill(carried->node, &carried->to_inner)) return false;
    if (carried->inner < 0) {
        if (carried->to_inner.is_finished) return false;
        if (!is_pending(&carried->to_inner)) return true;
        int inner = connect_inside();
        if (inner < 0) return false;
        carried->inner = inner;
        spare_count--;
        keep_spares();
    } else if (inner_events & (POLLIN | POLLHUP | POLLERR) && !fill(carried->inner, &carried->to_node)) {
        return false;
    }
    if (!drain(carried->inner, &carried->to_inner) || !drain(carried->node, &carried->to_node)) return false;
    bool is_done = carried->to_inner.is_finished && carried->to_node.is_finished;
    return !is_done || is_pending(&carried->to_inner) || is_pending(&carried->to_node);
}

void ports_run_once(void) {
    static struct pollfd polled[2 + 2 * connection_count_max];
    int count = connection_count;
    polled[0] = (struct pollfd){.fd = control_descriptor(), .events = POLLIN};
    // With all places taken new connections wait in the kernel.
    polled[1] = (struct pollfd){.fd = count < connection_count_max ? listener : -1, .events = POLLIN};
    for (int index = 0; index < count; index++) {
        struct connection *open = &connections[index];
        short node_interest = interest(&open->to_inner, &open->to_node);
        short inner_interest = interest(&open->to_node, &open->to_inner);
        // A side that closed would wake us for ever: without interest it is left out.
        polled[2 + 2 * index] = (struct pollfd){.fd = node_interest ? open->node : -1, .events = node_interest};
        polled[3 + 2 * index] = (struct pollfd){.fd = inner_interest ? open->inner : -1, .events = inner_interest};
    }
    int ready = poll(polled, 2 + 2 * (nfds_t)count, is_knocking ? knock_interval_milliseconds : -1);
    if (is_knocking) knock();
    if (ready <= 0) return;
    if (polled[0].revents) control_read();
    // Backwards, since a closed one is replaced by the last; those opened meanwhile come after `count`.
    for (int index = count - 1; index >= 0; index--) {
        short node_events = polled[2 + 2 * index].revents, inner_events = polled[3 + 2 * index].revents;
        if ((node_events || inner_events) && !carry(&connections[index], node_events, inner_events))
            close_connection(index);
    }
    if (polled[1].revents) accept_connection();
    keep_spares();
}
