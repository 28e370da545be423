/* Folders. Layout facts: bionic libc/include/dirent.h. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#define DT_UNKNOWN 0
#define DT_FIFO 1
#define DT_CHR 2
#define DT_DIR 4
#define DT_BLK 6
#define DT_REG 8
#define DT_LNK 10
#define DT_SOCK 12

struct dirent {
    uint64_t d_ino;
    int64_t d_off;
    unsigned short d_reclen;
    unsigned char d_type;
    char d_name[256];
};

typedef struct DIR DIR;

__BEGIN_DECLS

DIR* opendir(const char* path);
DIR* fdopendir(int fd);
struct dirent* readdir(DIR* folder);
int closedir(DIR* folder);
void rewinddir(DIR* folder);
int dirfd(DIR* folder);

__END_DECLS
