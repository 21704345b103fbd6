// The relay: the first process inside an instance's sandbox.
//
// It gives up what rights are left, keeps one connection to the node, starts the function's runtime when the node says so, and
// carries bytes between 127.0.0.1 ports inside and the node's Unix sockets. When the node goes away, so does it; being the init
// of its process namespace, it takes everything with it.

#ifndef DUET_RELAY_H
#define DUET_RELAY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/// Ends the relay with a line on standard error; for what cannot go on.
void give_up(const char *what) __attribute__((noreturn));

// confine.c

/// Becomes user and group `id`, without supplementary groups. Capabilities go with it.
void become(uid_t id);
/// Resource limits, no new privileges, and a filter that refuses system calls that no function needs.
void confine(long process_count_max);

// control.c

/// Connects to the node, and says hello.
void control_open(const char *folder);
int control_descriptor(void);
/// Takes what the node sent; ends the relay when the node is gone.
void control_read(void);
/// Sends one message: a letter and a number.
void control_tell(char type, unsigned number);

// ports.c

/// Listens on 127.0.0.1:`port` (0: any) and carries every connection to the socket `name`. Returns the port.
unsigned ports_listen(unsigned port, const char *name);
/// Waits until something listens on 127.0.0.1:`port`, tells the node, then keeps `spare_count` connections from the socket `name`
/// to it waiting.
void ports_serve(unsigned port, const char *name, unsigned spare_count);
/// Waits for events, the node's messages among them, and carries bytes.
void ports_run_once(void);

// relay.c

/// A connected, non-blocking Unix socket to `name` in the folder of sockets, or -1.
int connect_to_node(const char *name);
/// Starts the function's runtime. `block` holds NUL-terminated strings: working folder, number of arguments, the arguments, then
/// the environment.
void start_program(char *block, size_t byte_count);

#endif
