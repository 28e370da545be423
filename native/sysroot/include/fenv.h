/*
 * Floating-point environment.
 * Layout facts: bionic libc/include/bits/fenv_arm.h, fenv_x86.h and fenv_x86_64.h.
 */
#pragma once

#include <stdint.h>
#include <sys/cdefs.h>

#if defined(__aarch64__) || defined(__arm__)
#define FE_INVALID 0x01
#define FE_DIVBYZERO 0x02
#define FE_OVERFLOW 0x04
#define FE_UNDERFLOW 0x08
#define FE_INEXACT 0x10
#define FE_DENORMAL 0x80
#define FE_TONEAREST 0x0
#define FE_UPWARD 0x1
#define FE_DOWNWARD 0x2
#define FE_TOWARDZERO 0x3
#else
#define FE_INVALID 0x01
#define FE_DENORMAL 0x02
#define FE_DIVBYZERO 0x04
#define FE_OVERFLOW 0x08
#define FE_UNDERFLOW 0x10
#define FE_INEXACT 0x20
#define FE_TONEAREST 0x000
#define FE_DOWNWARD 0x400
#define FE_UPWARD 0x800
#define FE_TOWARDZERO 0xc00
#endif

#define FE_ALL_EXCEPT \
    (FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW | FE_UNDERFLOW | FE_INEXACT | FE_DENORMAL)

#if defined(__aarch64__)
typedef struct {
    uint32_t __control;
    uint32_t __status;
} fenv_t;
typedef uint32_t fexcept_t;
#elif defined(__arm__)
typedef uint32_t fenv_t;
typedef uint32_t fexcept_t;
#elif defined(__x86_64__)
typedef struct {
    uint32_t __x87[7];
    uint32_t __mxcsr;
} fenv_t;
typedef uint32_t fexcept_t;
#else
typedef struct {
    uint16_t __words[4];
    uint32_t __tag;
    char __other[16];
} fenv_t;
typedef uint16_t fexcept_t;
#endif

#define FE_DFL_ENV (&__fe_dfl_env)

__BEGIN_DECLS

extern const fenv_t __fe_dfl_env;

int feclearexcept(int exceptions);
int feraiseexcept(int exceptions);
int fetestexcept(int exceptions);
int fegetexceptflag(fexcept_t* flags, int exceptions);
int fesetexceptflag(const fexcept_t* flags, int exceptions);
int fegetround(void);
int fesetround(int mode);
int fegetenv(fenv_t* environment);
int feholdexcept(fenv_t* environment);
int fesetenv(const fenv_t* environment);
int feupdateenv(const fenv_t* environment);

__END_DECLS
