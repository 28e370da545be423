/* Non-local jumps. Sizes: bionic libc/include/setjmp.h. */
#pragma once

#include <sys/cdefs.h>

#if defined(__aarch64__)
#define __JMP_WORDS 32
#elif defined(__arm__)
#define __JMP_WORDS 64
#elif defined(__x86_64__)
#define __JMP_WORDS 11
#elif defined(__i386__)
#define __JMP_WORDS 10
#else
#error "unknown Android ABI"
#endif

typedef long jmp_buf[__JMP_WORDS];
typedef long sigjmp_buf[__JMP_WORDS + 1];

#undef __JMP_WORDS

__BEGIN_DECLS

int setjmp(jmp_buf state) __attribute__((__returns_twice__));
__noreturn void longjmp(jmp_buf state, int value);
int sigsetjmp(sigjmp_buf state, int save_mask) __attribute__((__returns_twice__));
__noreturn void siglongjmp(sigjmp_buf state, int value);

__END_DECLS
