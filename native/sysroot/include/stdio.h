/*
 * Streams. Below API level 23 stdin, stdout and stderr are no symbols: they are the first three
 * elements of the array __sF, whose element size is part of the ABI.
 * Layout facts: bionic libc/include/stdio.h and bits/struct_file.h.
 */
#pragma once

#include <bits/seek.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/types.h>

struct __sFILE {
#ifdef __LP64__
    char __private[152];
#else
    char __private[84];
#endif
} __attribute__((__aligned__(sizeof(void*))));

typedef struct __sFILE FILE;
typedef off_t fpos_t;

#define _IOFBF 0
#define _IOLBF 1
#define _IONBF 2
#define BUFSIZ 1024
#define EOF (-1)
#define FOPEN_MAX 20
#define FILENAME_MAX 4096
#define L_tmpnam 4096
#define TMP_MAX 308915776

#define stdin (&__sF[0])
#define stdout (&__sF[1])
#define stderr (&__sF[2])

__BEGIN_DECLS

extern FILE __sF[];

FILE* fopen(const char* path, const char* mode);
FILE* freopen(const char* path, const char* mode, FILE* stream);
FILE* fdopen(int fd, const char* mode);
FILE* tmpfile(void);
int fclose(FILE* stream);
int fflush(FILE* stream);
int fileno(FILE* stream);
int feof(FILE* stream);
int ferror(FILE* stream);
void clearerr(FILE* stream);
void setbuf(FILE* stream, char* buffer);
int setvbuf(FILE* stream, char* buffer, int mode, size_t size);

size_t fread(void* buffer, size_t size, size_t count, FILE* stream);
size_t fwrite(const void* buffer, size_t size, size_t count, FILE* stream);
int fseek(FILE* stream, long offset, int origin);
int fseeko(FILE* stream, off_t offset, int origin);
long ftell(FILE* stream);
off_t ftello(FILE* stream);
void rewind(FILE* stream);
int fgetpos(FILE* stream, fpos_t* position);
int fsetpos(FILE* stream, const fpos_t* position);

int fgetc(FILE* stream);
int getc(FILE* stream);
int getchar(void);
int ungetc(int character, FILE* stream);
char* fgets(char* buffer, int size, FILE* stream);
ssize_t getline(char** line, size_t* size, FILE* stream);
ssize_t getdelim(char** line, size_t* size, int delimiter, FILE* stream);
int fputc(int character, FILE* stream);
int putc(int character, FILE* stream);
int putchar(int character);
int fputs(const char* text, FILE* stream);
int puts(const char* text);
void perror(const char* message);

int printf(const char* format, ...) __printflike(1, 2);
int fprintf(FILE* stream, const char* format, ...) __printflike(2, 3);
int dprintf(int fd, const char* format, ...) __printflike(2, 3);
int sprintf(char* buffer, const char* format, ...) __printflike(2, 3);
int snprintf(char* buffer, size_t size, const char* format, ...) __printflike(3, 4);
int asprintf(char** result, const char* format, ...) __printflike(2, 3);
int vprintf(const char* format, va_list args) __printflike(1, 0);
int vfprintf(FILE* stream, const char* format, va_list args) __printflike(2, 0);
int vdprintf(int fd, const char* format, va_list args) __printflike(2, 0);
int vsprintf(char* buffer, const char* format, va_list args) __printflike(2, 0);
int vsnprintf(char* buffer, size_t size, const char* format, va_list args) __printflike(3, 0);
int vasprintf(char** result, const char* format, va_list args) __printflike(2, 0);
int scanf(const char* format, ...) __scanflike(1, 2);
int fscanf(FILE* stream, const char* format, ...) __scanflike(2, 3);
int sscanf(const char* text, const char* format, ...) __scanflike(2, 3);
int vscanf(const char* format, va_list args) __scanflike(1, 0);
int vfscanf(FILE* stream, const char* format, va_list args) __scanflike(2, 0);
int vsscanf(const char* text, const char* format, va_list args) __scanflike(2, 0);

int remove(const char* path);
int rename(const char* old_path, const char* new_path);

__END_DECLS
