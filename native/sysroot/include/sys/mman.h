/*
 * Memory mappings. On 32-bit ABIs mmap takes a 32-bit offset and mmap64 a 64-bit one.
 * Constants: bionic libc/kernel/uapi/asm-generic/mman*.h and libc/include/sys/mman.h.
 */
#pragma once

#include <sys/types.h>

#define PROT_NONE 0x0
#define PROT_READ 0x1
#define PROT_WRITE 0x2
#define PROT_EXEC 0x4

#define MAP_SHARED 0x01
#define MAP_PRIVATE 0x02
#define MAP_TYPE 0x0f
#define MAP_FIXED 0x10
#define MAP_ANONYMOUS 0x20
#define MAP_ANON MAP_ANONYMOUS
#define MAP_NORESERVE 0x4000
#define MAP_POPULATE 0x8000
#define MAP_FAILED ((void*)-1)

#define MS_ASYNC 1
#define MS_INVALIDATE 2
#define MS_SYNC 4

#define MADV_NORMAL 0
#define MADV_RANDOM 1
#define MADV_SEQUENTIAL 2
#define MADV_WILLNEED 3
#define MADV_DONTNEED 4

#define MREMAP_MAYMOVE 1
#define MREMAP_FIXED 2

__BEGIN_DECLS

void* mmap(void* address, size_t size, int protection, int flags, int fd, off_t offset);
void* mmap64(void* address, size_t size, int protection, int flags, int fd, off64_t offset);
int munmap(void* address, size_t size);
void* mremap(void* address, size_t old_size, size_t new_size, int flags, ...);
int mprotect(void* address, size_t size, int protection);
int msync(void* address, size_t size, int flags);
int madvise(void* address, size_t size, int advice);
int mlock(const void* address, size_t size);
int munlock(const void* address, size_t size);
int mincore(void* address, size_t size, unsigned char* result);

__END_DECLS
