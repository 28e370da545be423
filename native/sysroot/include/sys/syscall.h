/*
 * Numbers of the few system calls that have no function in API level 21, or that the CPU code of
 * the runtimes calls directly. Numbers: the kernel's unistd.h of each architecture.
 */
#pragma once

#if defined(__aarch64__)
#define __NR_futex 98
#define __NR_sched_setaffinity 122
#define __NR_sched_getaffinity 123
#define __NR_getcpu 168
#define __NR_gettid 178
#elif defined(__arm__)
#define __NR_gettid 224
#define __NR_futex 240
#define __NR_sched_setaffinity 241
#define __NR_sched_getaffinity 242
#define __NR_getcpu 345
#elif defined(__x86_64__)
#define __NR_gettid 186
#define __NR_futex 202
#define __NR_sched_setaffinity 203
#define __NR_sched_getaffinity 204
#define __NR_getcpu 309
#elif defined(__i386__)
#define __NR_gettid 224
#define __NR_futex 240
#define __NR_sched_setaffinity 241
#define __NR_sched_getaffinity 242
#define __NR_getcpu 318
#else
#error "unknown Android ABI"
#endif

#define SYS_futex __NR_futex
#define SYS_getcpu __NR_getcpu
#define SYS_gettid __NR_gettid
#define SYS_sched_getaffinity __NR_sched_getaffinity
#define SYS_sched_setaffinity __NR_sched_setaffinity
