/*
 * Scheduling and CPU sets. A CPU set has 1024 bits on 64-bit ABIs and 32 bits on 32-bit ABIs.
 * Layout facts: bionic libc/include/sched.h.
 */
#pragma once

#include <bits/timespec.h>
#include <sys/types.h>

#define SCHED_NORMAL 0
#define SCHED_OTHER SCHED_NORMAL
#define SCHED_FIFO 1
#define SCHED_RR 2
#define SCHED_BATCH 3
#define SCHED_IDLE 5

struct sched_param {
    int sched_priority;
};

#ifdef __LP64__
#define CPU_SETSIZE 1024
#else
#define CPU_SETSIZE 32
#endif

#define __CPU_WORD_BITS (8 * sizeof(unsigned long))

typedef struct {
    unsigned long __bits[CPU_SETSIZE / (8 * sizeof(unsigned long))];
} cpu_set_t;

static inline void __cpu_set(size_t cpu, cpu_set_t* set) {
    if (cpu < CPU_SETSIZE) set->__bits[cpu / __CPU_WORD_BITS] |= 1UL << (cpu % __CPU_WORD_BITS);
}

static inline void __cpu_clear(size_t cpu, cpu_set_t* set) {
    if (cpu < CPU_SETSIZE) set->__bits[cpu / __CPU_WORD_BITS] &= ~(1UL << (cpu % __CPU_WORD_BITS));
}

static inline int __cpu_isset(size_t cpu, const cpu_set_t* set) {
    return cpu < CPU_SETSIZE && (set->__bits[cpu / __CPU_WORD_BITS] >> (cpu % __CPU_WORD_BITS) & 1);
}

#define CPU_ZERO(set) ((void)__builtin_memset((set), 0, sizeof(cpu_set_t)))
#define CPU_SET(cpu, set) __cpu_set((size_t)(cpu), (set))
#define CPU_CLR(cpu, set) __cpu_clear((size_t)(cpu), (set))
#define CPU_ISSET(cpu, set) __cpu_isset((size_t)(cpu), (set))
#define CPU_COUNT(set) __sched_cpucount(sizeof(cpu_set_t), (set))
#define CPU_EQUAL(left, right) (__builtin_memcmp((left), (right), sizeof(cpu_set_t)) == 0)

__BEGIN_DECLS

int __sched_cpucount(size_t size, const cpu_set_t* set);
int sched_getaffinity(pid_t pid, size_t size, cpu_set_t* set);
int sched_setaffinity(pid_t pid, size_t size, const cpu_set_t* set);
int sched_getcpu(void);
int sched_yield(void);
int sched_get_priority_max(int policy);
int sched_get_priority_min(int policy);
int sched_getparam(pid_t pid, struct sched_param* param);
int sched_setparam(pid_t pid, const struct sched_param* param);
int sched_getscheduler(pid_t pid);
int sched_setscheduler(pid_t pid, int policy, const struct sched_param* param);
int sched_rr_get_interval(pid_t pid, struct timespec* quantum);

__END_DECLS
