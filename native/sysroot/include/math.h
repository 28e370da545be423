/*
 * Mathematics. long double is double on 32-bit ABIs. C++ sources get the float and long double
 * overloads that a C++ library would add, unless there is one: this sysroot has none.
 * Constants: bionic libc/include/math.h.
 */
#pragma once

#include <limits.h>
#include <sys/cdefs.h>

typedef float float_t;
typedef double double_t;

#define HUGE_VAL __builtin_huge_val()
#define HUGE_VALF __builtin_huge_valf()
#define HUGE_VALL __builtin_huge_vall()
#define INFINITY __builtin_inff()
#define NAN __builtin_nanf("")

#define FP_INFINITE 0x01
#define FP_NAN 0x02
#define FP_NORMAL 0x04
#define FP_SUBNORMAL 0x08
#define FP_ZERO 0x10
#define FP_ILOGB0 (-INT_MAX)
#define FP_ILOGBNAN INT_MAX

#define MATH_ERRNO 1
#define MATH_ERREXCEPT 2
#define math_errhandling MATH_ERREXCEPT

#define M_E 2.7182818284590452354
#define M_LOG2E 1.4426950408889634074
#define M_LOG10E 0.43429448190325182765
#define M_LN2 0.69314718055994530942
#define M_LN10 2.30258509299404568402
#define M_PI 3.14159265358979323846
#define M_PI_2 1.57079632679489661923
#define M_PI_4 0.78539816339744830962
#define M_1_PI 0.31830988618379067154
#define M_2_PI 0.63661977236758134308
#define M_2_SQRTPI 1.12837916709551257390
#define M_SQRT2 1.41421356237309504880
#define M_SQRT1_2 0.70710678118654752440

#define fpclassify(x) \
    __builtin_fpclassify(FP_NAN, FP_INFINITE, FP_NORMAL, FP_SUBNORMAL, FP_ZERO, x)
#define isfinite(x) __builtin_isfinite(x)
#define isinf(x) __builtin_isinf(x)
#define isnan(x) __builtin_isnan(x)
#define isnormal(x) __builtin_isnormal(x)
#define signbit(x) __builtin_signbit(x)
#define isgreater(x, y) __builtin_isgreater((x), (y))
#define isgreaterequal(x, y) __builtin_isgreaterequal((x), (y))
#define isless(x, y) __builtin_isless((x), (y))
#define islessequal(x, y) __builtin_islessequal((x), (y))
#define islessgreater(x, y) __builtin_islessgreater((x), (y))
#define isunordered(x, y) __builtin_isunordered((x), (y))

/* Lists of functions; T is the floating type, F gets the result's type and the name. */
#define __MATH_UNARY(F, T) \
    F(T, acos)             \
    F(T, acosh)            \
    F(T, asin)             \
    F(T, asinh)            \
    F(T, atan)             \
    F(T, atanh)            \
    F(T, cbrt)             \
    F(T, ceil)             \
    F(T, cos)              \
    F(T, cosh)             \
    F(T, erf)              \
    F(T, erfc)             \
    F(T, exp)              \
    F(T, exp2)             \
    F(T, expm1)            \
    F(T, fabs)             \
    F(T, floor)            \
    F(T, lgamma)           \
    F(T, log)              \
    F(T, log10)            \
    F(T, log1p)            \
    F(T, log2)             \
    F(T, logb)             \
    F(T, nearbyint)        \
    F(T, rint)             \
    F(T, round)            \
    F(T, sin)              \
    F(T, sinh)             \
    F(T, sqrt)             \
    F(T, tan)              \
    F(T, tanh)             \
    F(T, tgamma)           \
    F(T, trunc)            \
    F(int, ilogb)          \
    F(long, lrint)         \
    F(long, lround)        \
    F(long long, llrint)   \
    F(long long, llround)
#define __MATH_BINARY(F, T) \
    F(T, atan2)             \
    F(T, copysign)          \
    F(T, fdim)              \
    F(T, fmax)              \
    F(T, fmin)              \
    F(T, fmod)              \
    F(T, hypot)             \
    F(T, nextafter)         \
    F(T, pow)               \
    F(T, remainder)
/* Here F gets the parameters and the arguments too. */
#define __MATH_OTHER(F, T)                             \
    F(T, fma, (T x, T y, T z), (x, y, z))              \
    F(T, frexp, (T x, int* exponent), (x, exponent))   \
    F(T, ldexp, (T x, int exponent), (x, exponent))    \
    F(T, modf, (T x, T* whole), (x, whole))            \
    F(T, remquo, (T x, T y, int* bits), (x, y, bits))  \
    F(T, scalbln, (T x, long exponent), (x, exponent)) \
    F(T, scalbn, (T x, int exponent), (x, exponent))

#define __DECLARE_1(result, name) result name(double x);
#define __DECLARE_1F(result, name) result name##f(float x);
#define __DECLARE_1L(result, name) result name##l(long double x);
#define __DECLARE_2(result, name) result name(double x, double y);
#define __DECLARE_2F(result, name) result name##f(float x, float y);
#define __DECLARE_2L(result, name) result name##l(long double x, long double y);
#define __DECLARE(result, name, parameters, arguments) result name parameters;
#define __DECLARE_F(result, name, parameters, arguments) result name##f parameters;
#define __DECLARE_L(result, name, parameters, arguments) result name##l parameters;

__BEGIN_DECLS

__MATH_UNARY(__DECLARE_1, double)
__MATH_UNARY(__DECLARE_1F, float)
__MATH_UNARY(__DECLARE_1L, long double)
__MATH_BINARY(__DECLARE_2, double)
__MATH_BINARY(__DECLARE_2F, float)
__MATH_BINARY(__DECLARE_2L, long double)
__MATH_OTHER(__DECLARE, double)
__MATH_OTHER(__DECLARE_F, float)
__MATH_OTHER(__DECLARE_L, long double)

double nan(const char* tag);
float nanf(const char* tag);
long double nanl(const char* tag);

__END_DECLS

#if defined(__cplusplus) && !defined(_LIBCPP_VERSION)
extern "C++" {

/* An integer argument counts as double, and so do two arguments of different types, unless one
   is a long double: the rule of the C++ standard ([c.math]). */
template <bool enabled, class T>
struct __math_if {};
template <class T>
struct __math_if<true, T> {
    typedef T type;
};

template <class A, class B>
struct __math_mixed {
    static const bool is_long = __is_same(A, long double) || __is_same(B, long double);
    static const bool is_mixed = __is_arithmetic(A) && __is_arithmetic(B) &&
                                 (!__is_same(A, B) || __is_integral(A));
};
template <bool is_long>
struct __math_wide {
    typedef double type;
};
template <>
struct __math_wide<true> {
    typedef long double type;
};

#define __OVERLOAD_1F(result, name) \
    inline result name(float x) { return name##f(x); }
#define __OVERLOAD_1L(result, name) \
    inline result name(long double x) { return name##l(x); }
#define __OVERLOAD_1I(result, name)                                         \
    template <class T>                                                      \
    inline typename __math_if<__is_integral(T), result>::type name(T x) {   \
        return name(static_cast<double>(x));                                \
    }
#define __OVERLOAD_2F(result, name) \
    inline result name(float x, float y) { return name##f(x, y); }
#define __OVERLOAD_2L(result, name) \
    inline result name(long double x, long double y) { return name##l(x, y); }
#define __OVERLOAD_2I(result, name)                                                            \
    template <class A, class B>                                                                \
    inline typename __math_if<__math_mixed<A, B>::is_mixed,                                    \
                              typename __math_wide<__math_mixed<A, B>::is_long>::type>::type   \
    name(A x, B y) {                                                                           \
        typedef typename __math_wide<__math_mixed<A, B>::is_long>::type Wide;                  \
        return name(static_cast<Wide>(x), static_cast<Wide>(y));                               \
    }
#define __OVERLOAD_F(result, name, parameters, arguments) \
    inline result name parameters { return name##f arguments; }
#define __OVERLOAD_L(result, name, parameters, arguments) \
    inline result name parameters { return name##l arguments; }

__MATH_UNARY(__OVERLOAD_1F, float)
__MATH_UNARY(__OVERLOAD_1L, long double)
__MATH_UNARY(__OVERLOAD_1I, double)
__MATH_BINARY(__OVERLOAD_2F, float)
__MATH_BINARY(__OVERLOAD_2L, long double)
__MATH_BINARY(__OVERLOAD_2I, double)
__MATH_OTHER(__OVERLOAD_F, float)
__MATH_OTHER(__OVERLOAD_L, long double)

inline double ldexp(int x, int exponent) { return ldexp(static_cast<double>(x), exponent); }

inline float abs(float x) { return __builtin_fabsf(x); }
inline double abs(double x) { return __builtin_fabs(x); }
inline long double abs(long double x) { return __builtin_fabsl(x); }

#undef __OVERLOAD_1F
#undef __OVERLOAD_1L
#undef __OVERLOAD_1I
#undef __OVERLOAD_2F
#undef __OVERLOAD_2L
#undef __OVERLOAD_2I
#undef __OVERLOAD_F
#undef __OVERLOAD_L
}
#endif

#undef __DECLARE_1
#undef __DECLARE_1F
#undef __DECLARE_1L
#undef __DECLARE_2
#undef __DECLARE_2F
#undef __DECLARE_2L
#undef __DECLARE
#undef __DECLARE_F
#undef __DECLARE_L
#undef __MATH_UNARY
#undef __MATH_BINARY
#undef __MATH_OTHER
