/* Memory and strings; strchrnul, mempcpy and strerror_l come later than API level 21. */
#pragma once

#include <stddef.h>
#include <strings.h>
#include <sys/cdefs.h>

__BEGIN_DECLS

void* memcpy(void* destination, const void* source, size_t count);
void* memmove(void* destination, const void* source, size_t count);
void* memset(void* destination, int value, size_t count);
int memcmp(const void* left, const void* right, size_t count);
void* memchr(const void* memory, int value, size_t count);
void* memrchr(const void* memory, int value, size_t count);
void* memmem(const void* memory, size_t size, const void* needle, size_t needle_size);
void* memccpy(void* destination, const void* source, int stop, size_t count);

size_t strlen(const char* text);
size_t strnlen(const char* text, size_t limit);
char* strcpy(char* destination, const char* source);
char* strncpy(char* destination, const char* source, size_t count);
size_t strlcpy(char* destination, const char* source, size_t size);
char* stpcpy(char* destination, const char* source);
char* stpncpy(char* destination, const char* source, size_t count);
char* strcat(char* destination, const char* source);
char* strncat(char* destination, const char* source, size_t count);
size_t strlcat(char* destination, const char* source, size_t size);
int strcmp(const char* left, const char* right);
int strncmp(const char* left, const char* right, size_t count);
int strcoll(const char* left, const char* right);
size_t strxfrm(char* destination, const char* source, size_t count);
char* strchr(const char* text, int character);
char* strrchr(const char* text, int character);
char* strstr(const char* text, const char* needle);
char* strcasestr(const char* text, const char* needle);
char* strpbrk(const char* text, const char* set);
size_t strspn(const char* text, const char* set);
size_t strcspn(const char* text, const char* set);
char* strtok(char* text, const char* separators);
char* strtok_r(char* text, const char* separators, char** state);
char* strsep(char** text, const char* separators);
char* strdup(const char* text);
char* strndup(const char* text, size_t limit);
char* strerror(int error);
int strerror_r(int error, char* buffer, size_t size);
char* strsignal(int signal);

__END_DECLS
