/*
 * POSIX system interface. lockf, preadv and friends come with API level 24.
 * Constants: bionic libc/include/unistd.h and bits/{posix_limits,sysconf}.h.
 */
#pragma once

#include <bits/seek.h>
#include <sys/types.h>

#define _POSIX_VERSION 200809L
#define _POSIX_TIMERS _POSIX_VERSION
#define _POSIX_MONOTONIC_CLOCK _POSIX_VERSION

#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2

#define F_OK 0
#define X_OK 1
#define W_OK 2
#define R_OK 4

#define _SC_ARG_MAX 0x0000
#define _SC_CHILD_MAX 0x0005
#define _SC_CLK_TCK 0x0006
#define _SC_LINE_MAX 0x0009
#define _SC_NGROUPS_MAX 0x000a
#define _SC_OPEN_MAX 0x000b
#define _SC_VERSION 0x0019
#define _SC_IOV_MAX 0x0026
#define _SC_PAGESIZE 0x0027
#define _SC_PAGE_SIZE 0x0028
#define _SC_GETGR_R_SIZE_MAX 0x0047
#define _SC_GETPW_R_SIZE_MAX 0x0048
#define _SC_LOGIN_NAME_MAX 0x0049
#define _SC_THREAD_KEYS_MAX 0x004b
#define _SC_THREAD_STACK_MIN 0x004c
#define _SC_THREAD_THREADS_MAX 0x004d
#define _SC_THREADS 0x004f
#define _SC_NPROCESSORS_CONF 0x0060
#define _SC_NPROCESSORS_ONLN 0x0061
#define _SC_PHYS_PAGES 0x0062
#define _SC_AVPHYS_PAGES 0x0063
#define _SC_MONOTONIC_CLOCK 0x0064
#define _SC_HOST_NAME_MAX 0x006f
/* An older libc does not know these and answers -1. */
#define _SC_LEVEL1_ICACHE_SIZE 0x008f
#define _SC_LEVEL1_ICACHE_ASSOC 0x0090
#define _SC_LEVEL1_ICACHE_LINESIZE 0x0091
#define _SC_LEVEL1_DCACHE_SIZE 0x0092
#define _SC_LEVEL1_DCACHE_ASSOC 0x0093
#define _SC_LEVEL1_DCACHE_LINESIZE 0x0094
#define _SC_LEVEL2_CACHE_SIZE 0x0095
#define _SC_LEVEL2_CACHE_ASSOC 0x0096
#define _SC_LEVEL2_CACHE_LINESIZE 0x0097
#define _SC_LEVEL3_CACHE_SIZE 0x0098
#define _SC_LEVEL3_CACHE_ASSOC 0x0099
#define _SC_LEVEL3_CACHE_LINESIZE 0x009a

__BEGIN_DECLS

extern char** environ;

ssize_t read(int fd, void* buffer, size_t count);
ssize_t write(int fd, const void* buffer, size_t count);
ssize_t pread(int fd, void* buffer, size_t count, off_t offset);
ssize_t pwrite(int fd, const void* buffer, size_t count, off_t offset);
ssize_t pread64(int fd, void* buffer, size_t count, off64_t offset);
ssize_t pwrite64(int fd, const void* buffer, size_t count, off64_t offset);
off_t lseek(int fd, off_t offset, int origin);
off64_t lseek64(int fd, off64_t offset, int origin);
int close(int fd);
int dup(int fd);
int dup2(int old_fd, int new_fd);
int dup3(int old_fd, int new_fd, int flags);
int pipe(int fds[2]);
int pipe2(int fds[2], int flags);
int fsync(int fd);
int fdatasync(int fd);
int ftruncate(int fd, off_t length);
int ftruncate64(int fd, off64_t length);
int truncate(const char* path, off_t length);
int access(const char* path, int mode);
int unlink(const char* path);
int rmdir(const char* path);
int link(const char* old_path, const char* new_path);
int symlink(const char* target, const char* path);
ssize_t readlink(const char* path, char* buffer, size_t size);
int chdir(const char* path);
char* getcwd(char* buffer, size_t size);
int isatty(int fd);

pid_t getpid(void);
pid_t getppid(void);
pid_t gettid(void);
uid_t getuid(void);
uid_t geteuid(void);
gid_t getgid(void);
gid_t getegid(void);
__noreturn void _exit(int status);
unsigned int alarm(unsigned int seconds);
unsigned int sleep(unsigned int seconds);
int usleep(useconds_t microseconds);
int pause(void);
int getpagesize(void);
int gethostname(char* buffer, size_t size);
long sysconf(int name);
long syscall(long number, ...);

__END_DECLS
