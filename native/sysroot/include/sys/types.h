/*
 * Basic system types.
 * Layout facts: bionic libc/include/sys/types.h and the kernel posix_types.h of each ABI.
 */
#pragma once

#include <bits/pthread_types.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/cdefs.h>

#ifdef __LP64__
typedef uint64_t dev_t;
typedef uint32_t mode_t;
typedef int64_t off_t;
typedef uint32_t socklen_t;
#else
typedef uint32_t dev_t;
typedef uint16_t mode_t;
typedef long off_t;
typedef int32_t socklen_t;
#endif

#ifdef __LP64__
typedef long ssize_t;
#else
typedef int ssize_t;
#endif

typedef int64_t loff_t;
typedef int64_t off64_t;
typedef unsigned long ino_t;
typedef uint64_t ino64_t;
typedef uint32_t nlink_t;
typedef uint32_t uid_t;
typedef uint32_t gid_t;
typedef uint32_t id_t;
typedef int pid_t;
typedef int key_t;
typedef unsigned long blkcnt_t;
typedef unsigned long blksize_t;
typedef unsigned long fsblkcnt_t;
typedef unsigned long fsfilcnt_t;
typedef long time_t;
typedef long suseconds_t;
typedef uint32_t useconds_t;
typedef long clock_t;
typedef int clockid_t;
typedef void* timer_t;

typedef unsigned char u_char;
typedef unsigned short u_short;
typedef unsigned int u_int;
typedef unsigned long u_long;
typedef unsigned int uint;
