/* struct timespec alone, for headers that need no more of time.h. */
#pragma once

#include <sys/types.h>

struct timespec {
    time_t tv_sec;
    long tv_nsec;
};
