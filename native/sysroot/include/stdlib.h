/* General utilities; aligned_alloc (28), mblen (26) and getloadavg (29) come later. */
#pragma once

#include <alloca.h>
#include <malloc.h>
#include <stddef.h>
#include <sys/cdefs.h>

#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1
#define RAND_MAX 0x7fffffff
#define MB_CUR_MAX __ctype_get_mb_cur_max()

typedef struct {
    int quot;
    int rem;
} div_t;

typedef struct {
    long quot;
    long rem;
} ldiv_t;

typedef struct {
    long long quot;
    long long rem;
} lldiv_t;

__BEGIN_DECLS

__noreturn void abort(void);
__noreturn void exit(int status);
__noreturn void _Exit(int status);
int atexit(void (*handler)(void));

int posix_memalign(void** result, size_t alignment, size_t size);

char* getenv(const char* name);
int putenv(char* assignment);
int setenv(const char* name, const char* value, int overwrite);
int unsetenv(const char* name);

double atof(const char* text);
int atoi(const char* text);
long atol(const char* text);
long long atoll(const char* text);
double strtod(const char* text, char** end);
float strtof(const char* text, char** end);
long double strtold(const char* text, char** end);
long strtol(const char* text, char** end, int base);
unsigned long strtoul(const char* text, char** end, int base);
long long strtoll(const char* text, char** end, int base);
unsigned long long strtoull(const char* text, char** end, int base);

int abs(int value);
long labs(long value);
long long llabs(long long value);
div_t div(int numerator, int denominator);
ldiv_t ldiv(long numerator, long denominator);
lldiv_t lldiv(long long numerator, long long denominator);

int rand(void);
void srand(unsigned int seed);
int rand_r(unsigned int* seed);
long random(void);
void srandom(unsigned int seed);
unsigned int arc4random(void);
void arc4random_buf(void* buffer, size_t size);

void* bsearch(const void* key, const void* base, size_t count, size_t size,
              int (*compare)(const void*, const void*));
void qsort(void* base, size_t count, size_t size, int (*compare)(const void*, const void*));

int mkstemp(char* pattern);
char* mkdtemp(char* pattern);
char* realpath(const char* path, char* resolved);
int system(const char* command);
size_t __ctype_get_mb_cur_max(void);

__END_DECLS
