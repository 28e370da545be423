/* Formats and functions for the types of stdint.h, as the compiler defines those types. */
#pragma once

#include <stdint.h>
#include <sys/cdefs.h>

#ifdef __LP64__
#define __PRI_64 "l"
#define __PRI_PTR "l"
#else
#define __PRI_64 "ll"
#define __PRI_PTR ""
#endif

#define PRId8 "d"
#define PRId16 "d"
#define PRId32 "d"
#define PRId64 __PRI_64 "d"
#define PRIdPTR __PRI_PTR "d"
#define PRIi32 "i"
#define PRIi64 __PRI_64 "i"
#define PRIu8 "u"
#define PRIu16 "u"
#define PRIu32 "u"
#define PRIu64 __PRI_64 "u"
#define PRIuPTR __PRI_PTR "u"
#define PRIx8 "x"
#define PRIx16 "x"
#define PRIx32 "x"
#define PRIx64 __PRI_64 "x"
#define PRIxPTR __PRI_PTR "x"
#define PRIX32 "X"
#define PRIX64 __PRI_64 "X"
#define SCNd32 "d"
#define SCNd64 __PRI_64 "d"
#define SCNu32 "u"
#define SCNu64 __PRI_64 "u"

typedef struct {
    intmax_t quot;
    intmax_t rem;
} imaxdiv_t;

__BEGIN_DECLS

intmax_t imaxabs(intmax_t value);
imaxdiv_t imaxdiv(intmax_t numerator, intmax_t denominator);
intmax_t strtoimax(const char* text, char** end, int base);
uintmax_t strtoumax(const char* text, char** end, int base);

__END_DECLS
