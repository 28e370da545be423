/*
 * Signals. The order of the members of struct sigaction differs between 32 and 64 bit.
 * Layout facts: bionic libc/include/bits/signal_types.h and the kernel's signal.h, siginfo.h.
 */
#pragma once

#include <sys/types.h>

#define SIGHUP 1
#define SIGINT 2
#define SIGQUIT 3
#define SIGILL 4
#define SIGTRAP 5
#define SIGABRT 6
#define SIGBUS 7
#define SIGFPE 8
#define SIGKILL 9
#define SIGUSR1 10
#define SIGSEGV 11
#define SIGUSR2 12
#define SIGPIPE 13
#define SIGALRM 14
#define SIGTERM 15
#define SIGCHLD 17
#define SIGCONT 18
#define SIGSTOP 19

#define SA_NOCLDSTOP 0x00000001
#define SA_SIGINFO 0x00000004
#define SA_ONSTACK 0x08000000
#define SA_RESTART 0x10000000
#define SA_NODEFER 0x40000000
#define SA_RESETHAND 0x80000000

#define SIG_BLOCK 0
#define SIG_UNBLOCK 1
#define SIG_SETMASK 2

#define SIG_DFL ((sighandler_t)0)
#define SIG_IGN ((sighandler_t)1)
#define SIG_ERR ((sighandler_t)-1)

typedef int sig_atomic_t;
typedef void (*sighandler_t)(int);
typedef unsigned long sigset_t;

typedef struct siginfo {
    int si_signo;
    int si_errno;
    int si_code;
    union {
        void* si_addr;
        struct {
            pid_t si_pid;
            uid_t si_uid;
        };
        /* Fills the kernel's 128 bytes; the union is aligned as a pointer. */
        char __padding[128 - (sizeof(void*) == 8 ? 16 : 12)];
    };
} siginfo_t;

struct sigaction {
#ifdef __LP64__
    int sa_flags;
#endif
    union {
        sighandler_t sa_handler;
        void (*sa_sigaction)(int, siginfo_t*, void*);
    };
    sigset_t sa_mask;
#ifndef __LP64__
    int sa_flags;
#endif
    void (*sa_restorer)(void);
};

__BEGIN_DECLS

int sigaction(int signal, const struct sigaction* action, struct sigaction* old);
int sigprocmask(int how, const sigset_t* set, sigset_t* old);
int pthread_sigmask(int how, const sigset_t* set, sigset_t* old);
int kill(pid_t pid, int signal);
int raise(int signal);
sighandler_t signal(int signal, sighandler_t handler);
int sigemptyset(sigset_t* set);
int sigfillset(sigset_t* set);
int sigaddset(sigset_t* set, int signal);
int sigdelset(sigset_t* set, int signal);
int sigismember(const sigset_t* set, int signal);

__END_DECLS
