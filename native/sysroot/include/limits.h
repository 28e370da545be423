/* The compiler's limits, and those of the system. Numbers: bionic libc/include/limits.h. */
#pragma once

#include_next <limits.h>

#define ARG_MAX 131072
#define HOST_NAME_MAX 255
#define IOV_MAX 1024
#define NAME_MAX 255
#define PATH_MAX 4096
#define PIPE_BUF 4096

#ifdef __LP64__
#define LONG_BIT 64
#define SSIZE_MAX LONG_MAX
#else
#define LONG_BIT 32
#define SSIZE_MAX INT_MAX
#endif
