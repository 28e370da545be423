/*
 * Clocks and calendar time.
 * Layout facts: bionic libc/include/time.h and libc/kernel/uapi/linux/time.h.
 */
#pragma once

#include <bits/timespec.h>
#include <stddef.h>
#include <sys/types.h>

#define CLOCKS_PER_SEC 1000000

#define CLOCK_REALTIME 0
#define CLOCK_MONOTONIC 1
#define CLOCK_PROCESS_CPUTIME_ID 2
#define CLOCK_THREAD_CPUTIME_ID 3
#define CLOCK_MONOTONIC_RAW 4
#define CLOCK_REALTIME_COARSE 5
#define CLOCK_MONOTONIC_COARSE 6
#define CLOCK_BOOTTIME 7
#define TIMER_ABSTIME 1

struct tm {
    int tm_sec;
    int tm_min;
    int tm_hour;
    int tm_mday;
    int tm_mon;
    int tm_year;
    int tm_wday;
    int tm_yday;
    int tm_isdst;
    long tm_gmtoff;
    const char* tm_zone;
};

__BEGIN_DECLS

time_t time(time_t* result);
clock_t clock(void);
double difftime(time_t end, time_t start);
time_t mktime(struct tm* parts);
time_t timegm(struct tm* parts);
struct tm* gmtime(const time_t* moment);
struct tm* gmtime_r(const time_t* moment, struct tm* result);
struct tm* localtime(const time_t* moment);
struct tm* localtime_r(const time_t* moment, struct tm* result);
char* asctime(const struct tm* parts);
char* asctime_r(const struct tm* parts, char* buffer);
char* ctime(const time_t* moment);
char* ctime_r(const time_t* moment, char* buffer);
size_t strftime(char* buffer, size_t size, const char* format, const struct tm* parts);
char* strptime(const char* text, const char* format, struct tm* parts);
void tzset(void);
int nanosleep(const struct timespec* duration, struct timespec* remaining);
int clock_getres(clockid_t clock, struct timespec* resolution);
int clock_gettime(clockid_t clock, struct timespec* result);
int clock_settime(clockid_t clock, const struct timespec* value);
int clock_nanosleep(clockid_t clock, int flags, const struct timespec* duration,
                    struct timespec* remaining);

__END_DECLS
