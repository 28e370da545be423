/* Functions of Android's libc that prebuilt runtimes import, and that the C library here lacks. */
#pragma once

#include <stddef.h>

/* What bionic's headers make of open() with two arguments where it is checked. */
int bionic___open_2(const char* path, int flags);
int bionic_flock(int file, int operation);
int bionic_fsync(int file);

/* There is one locale, and it is no address. */
void* bionic_newlocale(int mask, const char* name, void* base);
void bionic_freelocale(void* locale);
long long bionic_strtoll_l(const char* text, char** end, int base, void* locale);
unsigned long long bionic_strtoull_l(const char* text, char** end, int base, void* locale);

/* The system's log is nobody's business here. */
void bionic_openlog(const char* name, int options, int facility);
void bionic_closelog(void);
void bionic_syslog(int priority, const char* format, ...);
