#define _GNU_SOURCE
#include "bionic_system.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int bionic___open_2(const char* path, int flags) { return open(path, flags); }

int bionic_flock(int file, int operation) { return (int)syscall(SYS_flock, file, operation); }

int bionic_fsync(int file) { return (int)syscall(SYS_fsync, file); }

void* bionic_newlocale(int mask, const char* name, void* base) {
  (void)mask, (void)name, (void)base;
  return (void*)1;
}

void bionic_freelocale(void* locale) { (void)locale; }

long long bionic_strtoll_l(const char* text, char** end, int base, void* locale) {
  (void)locale;
  return strtoll(text, end, base);
}

unsigned long long bionic_strtoull_l(const char* text, char** end, int base, void* locale) {
  (void)locale;
  return strtoull(text, end, base);
}

void bionic_openlog(const char* name, int options, int facility) {
  (void)name, (void)options, (void)facility;
}

void bionic_closelog(void) {}

void bionic_syslog(int priority, const char* format, ...) { (void)priority, (void)format; }
