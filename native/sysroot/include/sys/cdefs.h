/* Declaration helpers shared by all headers of this sysroot (Android API level 21). */
#pragma once

#ifdef __cplusplus
#define __BEGIN_DECLS extern "C" {
#define __END_DECLS }
#else
#define __BEGIN_DECLS
#define __END_DECLS
#endif

#define __BIONIC__ 1

#if !defined(__LP64__) && defined(_FILE_OFFSET_BITS) && _FILE_OFFSET_BITS == 64
#error "API level 21 has no complete 64-bit file offset API on 32-bit ABIs: use the *64 functions"
#endif

#define __noreturn __attribute__((__noreturn__))
#define __printflike(format, first) __attribute__((__format__(__printf__, format, first)))
#define __scanflike(format, first) __attribute__((__format__(__scanf__, format, first)))
