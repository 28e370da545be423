/*
 * Opening files. Four flags differ between the ARM and the x86 ABIs.
 * Constants: bionic libc/kernel/uapi/asm-generic/fcntl.h, overridden in asm-arm and asm-arm64.
 */
#pragma once

#include <bits/seek.h>
#include <sys/types.h>

#define O_ACCMODE 00000003
#define O_RDONLY 00000000
#define O_WRONLY 00000001
#define O_RDWR 00000002
#define O_CREAT 00000100
#define O_EXCL 00000200
#define O_NOCTTY 00000400
#define O_TRUNC 00001000
#define O_APPEND 00002000
#define O_NONBLOCK 00004000
#define O_NDELAY O_NONBLOCK
#define O_DSYNC 00010000
#define O_ASYNC 00020000
#define O_NOATIME 01000000
#define O_CLOEXEC 02000000
#define O_SYNC (04000000 | O_DSYNC)
#define O_RSYNC O_SYNC
#define O_PATH 010000000

#if defined(__arm__) || defined(__aarch64__)
#define O_DIRECTORY 00040000
#define O_NOFOLLOW 00100000
#define O_DIRECT 00200000
#define O_LARGEFILE 00400000
#else
#define O_DIRECT 00040000
#define O_LARGEFILE 00100000
#define O_DIRECTORY 00200000
#define O_NOFOLLOW 00400000
#endif

#define F_DUPFD 0
#define F_GETFD 1
#define F_SETFD 2
#define F_GETFL 3
#define F_SETFL 4
#define F_DUPFD_CLOEXEC 1030
#define FD_CLOEXEC 1

#define AT_FDCWD (-100)
#define AT_SYMLINK_NOFOLLOW 0x100
#define AT_REMOVEDIR 0x200
#define AT_SYMLINK_FOLLOW 0x400

#define POSIX_FADV_NORMAL 0
#define POSIX_FADV_RANDOM 1
#define POSIX_FADV_SEQUENTIAL 2
#define POSIX_FADV_WILLNEED 3
#define POSIX_FADV_DONTNEED 4
#define POSIX_FADV_NOREUSE 5

__BEGIN_DECLS

int open(const char* path, int flags, ...);
int open64(const char* path, int flags, ...);
int openat(int dir_fd, const char* path, int flags, ...);
int creat(const char* path, mode_t mode);
int fcntl(int fd, int operation, ...);
int posix_fadvise(int fd, off_t offset, off_t length, int advice);
int posix_fadvise64(int fd, off64_t offset, off64_t length, int advice);
int posix_fallocate(int fd, off_t offset, off_t length);
int posix_fallocate64(int fd, off64_t offset, off64_t length);

__END_DECLS
