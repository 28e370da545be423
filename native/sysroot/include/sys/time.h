/*
 * struct timeval and its functions.
 * Layout facts: bionic libc/kernel/uapi/linux/time.h.
 */
#pragma once

#include <sys/types.h>

struct timeval {
    time_t tv_sec;
    suseconds_t tv_usec;
};

struct timezone {
    int tz_minuteswest;
    int tz_dsttime;
};

__BEGIN_DECLS

int gettimeofday(struct timeval* result, struct timezone* zone);
int utimes(const char* path, const struct timeval times[2]);

__END_DECLS
