#define _GNU_SOURCE
#include "relay.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *socket_folder;
static pid_t program;

void give_up(const char *what) {
    fprintf(stderr, "duet-relay: %s: %s\n", what, strerror(errno));
    _exit(70);
}

int connect_to_node(const char *name) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int length = snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", socket_folder, name);
    if (length < 0 || (size_t)length >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    if (connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0 ||
        fcntl(descriptor, F_SETFL, O_NONBLOCK) != 0) {
        int reason = errno;
        close(descriptor);
        errno = reason;
        return -1;
    }
    return descriptor;
}

/// The next string of a block; NULL at its end.
static char *next_string(char **rest, char *end) {
    if (*rest >= end) return NULL;
    char *text = *rest;
    *rest += strlen(text) + 1;
    return text;
}

void start_program(char *block, size_t byte_count) {
    if (program != 0 || byte_count == 0 || block[byte_count - 1] != 0) {
        errno = EPROTO;
        give_up("an order to start a program");
    }
    char *rest = block, *end = block + byte_count;
    char *folder = next_string(&rest, end), *text = next_string(&rest, end);
    size_t argument_count = text ? strtoul(text, NULL, 10) : 0, string_count = 0;
    for (char *byte = rest; byte < end; byte++) string_count += *byte == 0;
    if (argument_count == 0 || argument_count > string_count) {
        errno = EPROTO;
        give_up("an order to start a program");
    }
    char **strings = calloc(string_count + 2, sizeof *strings);
    if (!strings) give_up("memory");
    // The arguments, a NULL, the environment, a NULL.
    for (size_t index = 0; index < string_count; index++) {
        strings[index < argument_count ? index : index + 1] = next_string(&rest, end);
    }
    // Its end must not be told before it is known.
    sigset_t deaths, none;
    sigemptyset(&none);
    sigemptyset(&deaths);
    sigaddset(&deaths, SIGCHLD);
    sigprocmask(SIG_BLOCK, &deaths, NULL);
    program = fork();
    if (program < 0) give_up("fork");
    if (program == 0) {
        sigprocmask(SIG_SETMASK, &none, NULL);
        signal(SIGPIPE, SIG_DFL);
        if (chdir(folder) != 0) give_up(folder);
        execve(strings[0], strings, strings + argument_count + 1);
        give_up(strings[0]);
    }
    sigprocmask(SIG_SETMASK, &none, NULL);
    free(strings);
}

/// Ends with the function's program, so that nothing of it stays; buries whatever else died.
static void bury(int signal_number) {
    (void)signal_number;
    int reason = errno, status;
    pid_t dead;
    while ((dead = waitpid(-1, &status, WNOHANG)) > 0) {
        if (dead != program) continue;
        _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    }
    errno = reason;
}

int main(int argc, char **argv) {
    long user = -1, process_count_max = 0;
    bool is_trial = false;
    int option;
    while ((option = getopt(argc, argv, "tu:p:")) != -1) {
        switch (option) {
        case 't': is_trial = true; break;
        case 'u': user = strtol(optarg, NULL, 10); break;
        case 'p': process_count_max = strtol(optarg, NULL, 10); break;
        default: return 64;
        }
    }
    if (optind + 1 != argc) return 64;
    socket_folder = argv[optind];
    signal(SIGPIPE, SIG_IGN);
    struct sigaction action = {.sa_handler = bury, .sa_flags = SA_RESTART};
    sigaction(SIGCHLD, &action, NULL);
    if (user > 0) become((uid_t)user);
    // Outside a process namespace of its own it confines nothing, it only carries.
    if (getpid() == 1) confine(process_count_max);
    if (is_trial) {
        // Whoever tries has a look at the sandbox, and ends it by ending its input.
        char byte;
        if (write(STDOUT_FILENO, "up\n", 3) != 3) return 70;
        while (read(STDIN_FILENO, &byte, 1) > 0) {}
        return 0;
    }
    control_open("c");
    for (;;) ports_run_once();
}
