#define _GNU_SOURCE
#include "relay.h"

#include <errno.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

void become(uid_t id) {
    if (setgroups(0, NULL) != 0 || setresgid(id, id, id) != 0 || setresuid(id, id, id) != 0)
        give_up("becoming a user of its own");
    if (setuid(0) == 0) {
        errno = EPERM;
        give_up("root stayed within reach");
    }
}

static void limit(int resource, rlim_t value) {
    struct rlimit limits;
    if (getrlimit(resource, &limits) != 0) return;
    if (limits.rlim_max < value) value = limits.rlim_max;
    limits = (struct rlimit){value, value};
    if (setrlimit(resource, &limits) != 0) give_up("a resource limit");
}

// The same everywhere; headers of older kernels do not know them.
#ifndef __NR_pidfd_getfd
#define __NR_pidfd_getfd 438
#endif
#ifndef __NR_process_madvise
#define __NR_process_madvise 440
#endif
#ifndef __NR_memfd_secret
#define __NR_memfd_secret 447
#endif

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#ifdef ARCHITECTURE
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ANSWER(value) BPF_STMT(BPF_RET | BPF_K, value)
#define REFUSE(number, error)                                                                                          \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), ANSWER(SECCOMP_RET_ERRNO | (error))

/// What a function has no use for and an attacker on the kernel has. Everything else is allowed: the namespaces hide it.
static struct sock_filter filter[] = {
    LOAD(arch),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
    ANSWER(SECCOMP_RET_KILL_PROCESS),
    LOAD(nr),
#if defined(__x86_64__)
    // The same calls under the numbers of the x32 ABI.
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
    ANSWER(SECCOMP_RET_ERRNO | ENOSYS),
#endif
    REFUSE(__NR_unshare, EPERM),
    REFUSE(__NR_setns, EPERM),
    REFUSE(__NR_mount, EPERM),
    REFUSE(__NR_umount2, EPERM),
    REFUSE(__NR_pivot_root, EPERM),
    REFUSE(__NR_chroot, EPERM),
    REFUSE(__NR_bpf, EPERM),
    REFUSE(__NR_perf_event_open, EPERM),
    REFUSE(__NR_userfaultfd, EPERM),
    REFUSE(__NR_add_key, EPERM),
    REFUSE(__NR_request_key, EPERM),
    REFUSE(__NR_keyctl, EPERM),
    REFUSE(__NR_open_by_handle_at, EPERM),
    REFUSE(__NR_kexec_load, EPERM),
    REFUSE(__NR_init_module, EPERM),
    REFUSE(__NR_finit_module, EPERM),
    REFUSE(__NR_delete_module, EPERM),
    REFUSE(__NR_syslog, EPERM),
    REFUSE(__NR_io_uring_setup, ENOSYS),
    // Debugging. It would let a function hold or rewrite the relay, which shares its user and ends it when the node ends.
    REFUSE(__NR_ptrace, EPERM),
    REFUSE(__NR_process_vm_readv, EPERM),
    REFUSE(__NR_process_vm_writev, EPERM),
    REFUSE(__NR_process_madvise, EPERM),
    REFUSE(__NR_pidfd_getfd, EPERM),
    REFUSE(__NR_kcmp, EPERM),
    // Memory that belongs to no process, so that looking at processes would not find it; /tmp and /dev/shm are bounded.
    REFUSE(__NR_memfd_create, ENOSYS),
    REFUSE(__NR_memfd_secret, ENOSYS),
    REFUSE(__NR_shmget, ENOSYS),
    REFUSE(__NR_msgget, ENOSYS),
    REFUSE(__NR_mq_open, ENOSYS),
    // Its flags lie in memory, where a filter cannot look; libraries fall back to clone.
    REFUSE(__NR_clone3, ENOSYS),
    // New user namespaces: the way to capabilities.
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_clone, 0, 3),
    LOAD(args[0]),
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_NEWUSER, 7, 0),
    ANSWER(SECCOMP_RET_ALLOW),
    // Sockets that no network namespace encloses, such as those to a hypervisor.
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_socket, 0, 6),
    LOAD(args[0]),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 4, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 3, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 2, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_NETLINK, 1, 0),
    ANSWER(SECCOMP_RET_ERRNO | EPERM),
    ANSWER(SECCOMP_RET_ALLOW),
};
#endif

void confine(long process_count_max) {
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, 1024);
    if (process_count_max > 0) limit(RLIMIT_NPROC, (rlim_t)process_count_max);
    // What is started here shares our user, and must neither trace us nor see our memory; it becomes traceable when it executes.
    if (prctl(PR_SET_DUMPABLE, 0) != 0) give_up("keeping its memory to itself");
    // Only now, since a change of user forgets it. Our parent is bubblewrap.
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) give_up("ending with the sandbox");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) give_up("no new privileges");
#ifdef ARCHITECTURE
    struct sock_fprog program = {.len = sizeof filter / sizeof filter[0], .filter = filter};
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) give_up("the filter of system calls");
#endif
}
