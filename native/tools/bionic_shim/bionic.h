/* Functions of Android's libc, libm, libdl and liblog that a Linux C library lacks or gives another
 * meaning, written over that C library.
 *
 * Built in two ways: into elfrun (musl, 32 or 64 bits), where they are called bionic_<name> and
 * looked up in a table; and, with BIONIC_SHARED, as a shared library for a Java VM (glibc, 64
 * bits), where each carries Android's own name.
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#ifdef BIONIC_SHARED
#define SHIM(result, name, ...) \
  __attribute__((visibility("default"))) result bionic_##name(__VA_ARGS__) __asm__(#name)
#else
#define SHIM(result, name, ...) result bionic_##name(__VA_ARGS__)
#endif

/* Bionic's FILE is opaque here; &__sF[0..2] are its standard streams below Android 23. */
#ifdef __LP64__
enum { BIONIC_FILE_SIZE = 152 };
#else
enum { BIONIC_FILE_SIZE = 84 };
#endif
#ifdef BIONIC_SHARED
extern __attribute__((visibility("default"))) char bionic_sF[3 * BIONIC_FILE_SIZE] __asm__("__sF");
#else
extern char bionic_sF[3 * BIONIC_FILE_SIZE];
#endif

/* errno and the system */
SHIM(int*, __errno, void);
SHIM(long, sysconf, int name);
SHIM(int, strerror_r, int number, char* text, size_t size);
SHIM(int, gettid, void);
SHIM(unsigned long, getauxval, unsigned long type);
SHIM(_Noreturn void, __assert, const char* file, int line, const char* text);
SHIM(_Noreturn void, __assert2, const char* file, int line, const char* function, const char* text);
SHIM(void, android_set_abort_message, const char* text);
SHIM(int, __system_property_get, const char* name, char* value);
SHIM(const void*, __system_property_find, const char* name);
SHIM(int, __system_property_read, const void* info, char* name, char* value);

/* logging */
SHIM(int, __android_log_write, int priority, const char* tag, const char* text);
SHIM(int, __android_log_print, int priority, const char* tag, const char* format, ...);
SHIM(int, __android_log_vprint, int priority, const char* tag, const char* format, va_list values);
SHIM(_Noreturn void, __android_log_assert, const char* condition, const char* tag,
     const char* format, ...);

/* streams that may be one of &__sF[0..2] */
SHIM(int, fprintf, FILE* stream, const char* format, ...);
SHIM(int, vfprintf, FILE* stream, const char* format, va_list values);
SHIM(int, fputs, const char* text, FILE* stream);
SHIM(int, fputc, int character, FILE* stream);
SHIM(int, putc, int character, FILE* stream);
SHIM(size_t, fwrite, const void* data, size_t size, size_t count, FILE* stream);
SHIM(int, fflush, FILE* stream);
SHIM(int, fileno, FILE* stream);

/* strings, and the checked forms that Android's fortified headers call */
SHIM(size_t, strlcpy, char* to, const char* from, size_t size);
SHIM(size_t, strlcat, char* to, const char* from, size_t size);
SHIM(void*, __memcpy_chk, void* to, const void* from, size_t count, size_t size);
SHIM(void*, __memmove_chk, void* to, const void* from, size_t count, size_t size);
SHIM(void*, __memset_chk, void* to, int value, size_t count, size_t size);
SHIM(char*, __strcpy_chk, char* to, const char* from, size_t size);
SHIM(char*, __strncpy_chk, char* to, const char* from, size_t count, size_t size);
SHIM(char*, __strncpy_chk2, char* to, const char* from, size_t count, size_t size, size_t source);
SHIM(char*, __strcat_chk, char* to, const char* from, size_t size);
SHIM(char*, __strncat_chk, char* to, const char* from, size_t count, size_t size);
SHIM(size_t, __strlen_chk, const char* text, size_t size);
SHIM(char*, __strchr_chk, const char* text, int character, size_t size);
SHIM(char*, __strrchr_chk, const char* text, int character, size_t size);
SHIM(int, __vsnprintf_chk, char* to, size_t count, int flags, size_t size, const char* format,
     va_list values);
SHIM(int, __snprintf_chk, char* to, size_t count, int flags, size_t size, const char* format, ...);
SHIM(int, __vsprintf_chk, char* to, int flags, size_t size, const char* format, va_list values);
SHIM(int, __sprintf_chk, char* to, int flags, size_t size, const char* format, ...);
SHIM(char*, __fgets_chk, char* to, int count, FILE* stream, size_t size);
SHIM(ssize_t, __read_chk, int file, void* to, size_t count, size_t size);

/* files: Android's struct stat is the kernel's */
SHIM(int, stat, const char* path, void* result);
SHIM(int, lstat, const char* path, void* result);
SHIM(int, fstat, int file, void* result);
