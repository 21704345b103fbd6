// A function in few instructions, for measurements: asks the Lambda Runtime API for work over one connection, and answers `hello`.
// The event `allocate` has it take 400 MiB and keep them; `child` has a child do so.
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void allocate(void) {
    size_t byte_count = 400 << 20;
    char *bytes = malloc(byte_count);
    if (bytes) memset(bytes, 1, byte_count);
    // Else the compiler sees that nobody reads them.
    __asm__ volatile("" : : "r"(bytes) : "memory");
    for (;;) pause();
}

/// A whole answer of the node; false at the end.
static bool receive(int api, char *text, size_t byte_count_max) {
    size_t count = 0;
    for (;;) {
        ssize_t more = recv(api, text + count, byte_count_max - 1 - count, 0);
        if (more <= 0) return false;
        count += (size_t)more;
        text[count] = 0;
        char *body = strstr(text, "\r\n\r\n"), *length = strcasestr(text, "content-length:");
        if (body && length && text + count >= body + 4 + atoi(length + 15)) return true;
    }
}

int main(void) {
    int port = 0, yes = 1;
    sscanf(getenv("AWS_LAMBDA_RUNTIME_API"), "127.0.0.1:%d", &port);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int api = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(api, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(api, (struct sockaddr *)&address, sizeof address) != 0) return 1;
    static char text[1 << 16];
    for (;;) {
        dprintf(api, "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n");
        if (!receive(api, text, sizeof text)) return 0;
        if (strstr(text, "allocate")) allocate();
        if (strstr(text, "child")) {
            if (fork() == 0) allocate();
            for (;;) pause();
        }
        char *id = strcasestr(text, "aws-request-id: ");
        if (!id) return 1;
        id += strlen("aws-request-id: ");
        id[strcspn(id, "\r")] = 0;
        dprintf(api,
                "POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\n\"hello\"",
                id);
        if (!receive(api, text, sizeof text)) return 0;
    }
}
