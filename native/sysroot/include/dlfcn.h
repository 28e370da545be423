/*
 * The dynamic linker. 32-bit ABIs have other values of RTLD_* than 64-bit ones.
 * Constants: bionic libc/include/dlfcn.h.
 */
#pragma once

#include <sys/cdefs.h>

#define RTLD_LOCAL 0
#define RTLD_LAZY 0x1
#define RTLD_NOLOAD 0x4

#ifdef __LP64__
#define RTLD_NOW 0x2
#define RTLD_GLOBAL 0x100
#define RTLD_DEFAULT ((void*)0)
#define RTLD_NEXT ((void*)-1L)
#else
#define RTLD_NOW 0x0
#define RTLD_GLOBAL 0x2
#define RTLD_DEFAULT ((void*)-1L)
#define RTLD_NEXT ((void*)-2L)
#endif

typedef struct {
    const char* dli_fname;
    void* dli_fbase;
    const char* dli_sname;
    void* dli_saddr;
} Dl_info;

__BEGIN_DECLS

void* dlopen(const char* path, int flags);
int dlclose(void* handle);
void* dlsym(void* handle, const char* name);
char* dlerror(void);
int dladdr(const void* address, Dl_info* info);

__END_DECLS
