/*
 * File status. struct stat has three layouts, and struct stat64 is always the same as struct stat.
 * Layout facts: bionic libc/include/sys/stat.h.
 */
#pragma once

#include <bits/timespec.h>
#include <sys/types.h>

#if defined(__aarch64__)
#define __STAT_BODY          \
    dev_t st_dev;            \
    ino_t st_ino;            \
    mode_t st_mode;          \
    nlink_t st_nlink;        \
    uid_t st_uid;            \
    gid_t st_gid;            \
    dev_t st_rdev;           \
    unsigned long __padding; \
    off_t st_size;           \
    int st_blksize;          \
    int __padding2;          \
    long st_blocks;          \
    struct timespec st_atim; \
    struct timespec st_mtim; \
    struct timespec st_ctim; \
    unsigned int __unused[2];
#elif defined(__x86_64__)
#define __STAT_BODY          \
    dev_t st_dev;            \
    ino_t st_ino;            \
    unsigned long st_nlink;  \
    mode_t st_mode;          \
    uid_t st_uid;            \
    gid_t st_gid;            \
    unsigned int __padding;  \
    dev_t st_rdev;           \
    off_t st_size;           \
    long st_blksize;         \
    long st_blocks;          \
    struct timespec st_atim; \
    struct timespec st_mtim; \
    struct timespec st_ctim; \
    long __unused[3];
#elif defined(__arm__) || defined(__i386__)
/* i386 aligns 64-bit members to 4 bytes, arm to 8: the same text gives the two kernel layouts. */
#define __STAT_BODY               \
    unsigned long long st_dev;    \
    unsigned char __padding[4];   \
    unsigned long __st_ino;       \
    unsigned int st_mode;         \
    nlink_t st_nlink;             \
    uid_t st_uid;                 \
    gid_t st_gid;                 \
    unsigned long long st_rdev;   \
    unsigned char __padding2[4];  \
    long long st_size;            \
    unsigned long st_blksize;     \
    unsigned long long st_blocks; \
    struct timespec st_atim;      \
    struct timespec st_mtim;      \
    struct timespec st_ctim;      \
    unsigned long long st_ino;
#else
#error "unknown Android ABI"
#endif

struct stat {
    __STAT_BODY
};

struct stat64 {
    __STAT_BODY
};

#undef __STAT_BODY

#define st_atime st_atim.tv_sec
#define st_mtime st_mtim.tv_sec
#define st_ctime st_ctim.tv_sec

#define S_IFMT 0170000
#define S_IFSOCK 0140000
#define S_IFLNK 0120000
#define S_IFREG 0100000
#define S_IFBLK 0060000
#define S_IFDIR 0040000
#define S_IFCHR 0020000
#define S_IFIFO 0010000
#define S_ISUID 0004000
#define S_ISGID 0002000
#define S_ISVTX 0001000
#define S_ISLNK(mode) (((mode) & S_IFMT) == S_IFLNK)
#define S_ISREG(mode) (((mode) & S_IFMT) == S_IFREG)
#define S_ISDIR(mode) (((mode) & S_IFMT) == S_IFDIR)
#define S_ISCHR(mode) (((mode) & S_IFMT) == S_IFCHR)
#define S_ISBLK(mode) (((mode) & S_IFMT) == S_IFBLK)
#define S_ISFIFO(mode) (((mode) & S_IFMT) == S_IFIFO)
#define S_ISSOCK(mode) (((mode) & S_IFMT) == S_IFSOCK)

#define S_IRWXU 00700
#define S_IRUSR 00400
#define S_IWUSR 00200
#define S_IXUSR 00100
#define S_IRWXG 00070
#define S_IRGRP 00040
#define S_IWGRP 00020
#define S_IXGRP 00010
#define S_IRWXO 00007
#define S_IROTH 00004
#define S_IWOTH 00002
#define S_IXOTH 00001

__BEGIN_DECLS

int stat(const char* path, struct stat* result);
int lstat(const char* path, struct stat* result);
int fstat(int fd, struct stat* result);
int fstatat(int dir_fd, const char* path, struct stat* result, int flags);
int stat64(const char* path, struct stat64* result);
int lstat64(const char* path, struct stat64* result);
int fstat64(int fd, struct stat64* result);
int chmod(const char* path, mode_t mode);
int fchmod(int fd, mode_t mode);
int mkdir(const char* path, mode_t mode);
int mkdirat(int dir_fd, const char* path, mode_t mode);
int mkfifo(const char* path, mode_t mode);
mode_t umask(mode_t mask);

__END_DECLS
