/* What does not depend on the width of a word: see bionic.h. */
#define _GNU_SOURCE
#include "bionic.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef BIONIC_SHARED
#include <dlfcn.h>
/* Our own definition carries the same name, so the C library's has to be asked for. */
static void* real(const char* name) {
  return dlsym(dlopen("libc.so.6", RTLD_NOW | RTLD_NOLOAD), name);
}
#define REAL(name) ((__typeof__(&name))real(#name))
#else
#define REAL(name) name
#endif

char bionic_sF[3 * BIONIC_FILE_SIZE];

/* Constants of bionic's <bits/sysconf.h>. */
enum {
  BIONIC_SC_CLK_TCK = 0x06,
  BIONIC_SC_OPEN_MAX = 0x0b,
  BIONIC_SC_PAGESIZE = 0x27,
  BIONIC_SC_PAGE_SIZE = 0x28,
  BIONIC_SC_NPROCESSORS_CONF = 0x60,
  BIONIC_SC_NPROCESSORS_ONLN = 0x61,
  BIONIC_SC_PHYS_PAGES = 0x62,
  BIONIC_SC_AVPHYS_PAGES = 0x63,
};

enum { PROPERTY_VALUE_MAX = 92 };

int* bionic___errno(void) { return &errno; }

/* As POSIX has it; GNU's gives back a text. */
int bionic_strerror_r(int number, char* text, size_t size) {
  return bionic_strlcpy(text, strerror(number), size) < size ? 0 : ERANGE;
}

static int host_sysconf_name(int name) {
  switch (name) {
    case BIONIC_SC_CLK_TCK:
      return _SC_CLK_TCK;
    case BIONIC_SC_OPEN_MAX:
      return _SC_OPEN_MAX;
    case BIONIC_SC_PAGESIZE:
    case BIONIC_SC_PAGE_SIZE:
      return _SC_PAGESIZE;
    case BIONIC_SC_NPROCESSORS_CONF:
      return _SC_NPROCESSORS_CONF;
    case BIONIC_SC_NPROCESSORS_ONLN:
      return _SC_NPROCESSORS_ONLN;
    case BIONIC_SC_PHYS_PAGES:
      return _SC_PHYS_PAGES;
    case BIONIC_SC_AVPHYS_PAGES:
      return _SC_AVPHYS_PAGES;
    default:
      return -1;
  }
}

long bionic_sysconf(int name) {
  int host = host_sysconf_name(name);
  if (host >= 0) return REAL(sysconf)(host);
  errno = EINVAL;
  return -1;
}

int bionic_gettid(void) { return (int)syscall(SYS_gettid); }

unsigned long bionic_getauxval(unsigned long type) { return REAL(getauxval)(type); }

void bionic___assert(const char* file, int line, const char* text) {
  dprintf(2, "%s:%d: assertion \"%s\" failed\n", file, line, text);
  abort();
}

void bionic___assert2(const char* file, int line, const char* function, const char* text) {
  dprintf(2, "%s:%d: %s: assertion \"%s\" failed\n", file, line, function, text);
  abort();
}

void bionic_android_set_abort_message(const char* text) { dprintf(2, "abort message: %s\n", text); }

/* The one property that libraries branch on. */
int bionic___system_property_get(const char* name, char* value) {
  const char* known = strcmp(name, "ro.build.version.sdk") ? "" : "21";
  bionic_strlcpy(value, known, PROPERTY_VALUE_MAX);
  return (int)strlen(known);
}

const void* bionic___system_property_find(const char* name) {
  (void)name;
  return 0;
}

int bionic___system_property_read(const void* info, char* name, char* value) {
  (void)info;
  *name = *value = 0;
  return 0;
}

int bionic___android_log_write(int priority, const char* tag, const char* text) {
  static const char letters[] = "??VDIWEFS";
  return dprintf(2, "%c/%s: %s\n", letters[priority >= 0 && priority < 9 ? priority : 0],
                 tag ? tag : "", text);
}

int bionic___android_log_vprint(int priority, const char* tag, const char* format, va_list values) {
  char text[1024];
  vsnprintf(text, sizeof text, format, values);
  return bionic___android_log_write(priority, tag, text);
}

int bionic___android_log_print(int priority, const char* tag, const char* format, ...) {
  va_list values;
  va_start(values, format);
  int written = bionic___android_log_vprint(priority, tag, format, values);
  va_end(values);
  return written;
}

void bionic___android_log_assert(const char* condition, const char* tag, const char* format, ...) {
  va_list values;
  va_start(values, format);
  bionic___android_log_vprint(7, tag, format ? format : condition, values);
  va_end(values);
  abort();
}

static FILE* host_stream(FILE* stream) {
  size_t offset = (size_t)((char*)stream - bionic_sF);
  if ((char*)stream < bionic_sF || offset >= sizeof bionic_sF) return stream;
  FILE* streams[] = {stdin, stdout, stderr};
  return streams[offset / BIONIC_FILE_SIZE];
}

int bionic_vfprintf(FILE* stream, const char* format, va_list values) {
  return REAL(vfprintf)(host_stream(stream), format, values);
}

int bionic_fprintf(FILE* stream, const char* format, ...) {
  va_list values;
  va_start(values, format);
  int written = bionic_vfprintf(stream, format, values);
  va_end(values);
  return written;
}

int bionic_fputs(const char* text, FILE* stream) { return REAL(fputs)(text, host_stream(stream)); }
int bionic_fputc(int character, FILE* stream) {
  return REAL(fputc)(character, host_stream(stream));
}
int bionic_putc(int character, FILE* stream) { return REAL(fputc)(character, host_stream(stream)); }
int bionic_fflush(FILE* stream) { return REAL(fflush)(stream ? host_stream(stream) : 0); }
int bionic_fileno(FILE* stream) { return REAL(fileno)(host_stream(stream)); }

size_t bionic_fwrite(const void* data, size_t size, size_t count, FILE* stream) {
  return REAL(fwrite)(data, size, count, host_stream(stream));
}

size_t bionic_strlcpy(char* to, const char* from, size_t size) {
  size_t length = strlen(from);
  if (size) {
    size_t copied = length < size ? length : size - 1;
    memcpy(to, from, copied);
    to[copied] = 0;
  }
  return length;
}

size_t bionic_strlcat(char* to, const char* from, size_t size) {
  size_t used = strnlen(to, size);
  return used + bionic_strlcpy(to + used, from, size - used);
}

static void require(int holds, const char* name) {
  if (holds) return;
  dprintf(2, "FORTIFY: %s: buffer overflow\n", name);
  abort();
}

void* bionic___memcpy_chk(void* to, const void* from, size_t count, size_t size) {
  require(count <= size, "memcpy");
  return memcpy(to, from, count);
}

void* bionic___memmove_chk(void* to, const void* from, size_t count, size_t size) {
  require(count <= size, "memmove");
  return memmove(to, from, count);
}

void* bionic___memset_chk(void* to, int value, size_t count, size_t size) {
  require(count <= size, "memset");
  return memset(to, value, count);
}

char* bionic___strcpy_chk(char* to, const char* from, size_t size) {
  require(strlen(from) < size, "strcpy");
  return strcpy(to, from);
}

char* bionic___strncpy_chk(char* to, const char* from, size_t count, size_t size) {
  require(count <= size, "strncpy");
  return strncpy(to, from, count);
}

char* bionic___strncpy_chk2(char* to, const char* from, size_t count, size_t size, size_t source) {
  require(strnlen(from, count) <= source, "strncpy");
  return bionic___strncpy_chk(to, from, count, size);
}

char* bionic___strcat_chk(char* to, const char* from, size_t size) {
  require(strlen(to) + strlen(from) < size, "strcat");
  return strcat(to, from);
}

char* bionic___strncat_chk(char* to, const char* from, size_t count, size_t size) {
  require(strlen(to) + strnlen(from, count) < size, "strncat");
  return strncat(to, from, count);
}

size_t bionic___strlen_chk(const char* text, size_t size) {
  size_t length = strlen(text);
  require(length < size, "strlen");
  return length;
}

char* bionic___strchr_chk(const char* text, int character, size_t size) {
  bionic___strlen_chk(text, size);
  return strchr(text, character);
}

char* bionic___strrchr_chk(const char* text, int character, size_t size) {
  bionic___strlen_chk(text, size);
  return strrchr(text, character);
}

int bionic___vsnprintf_chk(char* to, size_t count, int flags, size_t size, const char* format,
                           va_list values) {
  (void)flags;
  require(count <= size, "vsnprintf");
  return vsnprintf(to, count, format, values);
}

int bionic___snprintf_chk(char* to, size_t count, int flags, size_t size, const char* format, ...) {
  va_list values;
  va_start(values, format);
  int written = bionic___vsnprintf_chk(to, count, flags, size, format, values);
  va_end(values);
  return written;
}

int bionic___vsprintf_chk(char* to, int flags, size_t size, const char* format, va_list values) {
  int written = bionic___vsnprintf_chk(to, size, flags, size, format, values);
  require(size == SIZE_MAX || (size_t)written < size, "vsprintf");
  return written;
}

int bionic___sprintf_chk(char* to, int flags, size_t size, const char* format, ...) {
  va_list values;
  va_start(values, format);
  int written = bionic___vsprintf_chk(to, flags, size, format, values);
  va_end(values);
  return written;
}

char* bionic___fgets_chk(char* to, int count, FILE* stream, size_t size) {
  require(count >= 0 && (size_t)count <= size, "fgets");
  return fgets(to, count, stream);
}

ssize_t bionic___read_chk(int file, void* to, size_t count, size_t size) {
  require(count <= size, "read");
  return read(file, to, count);
}

#ifdef __LP64__
enum { CALL_STAT = SYS_stat, CALL_LSTAT = SYS_lstat, CALL_FSTAT = SYS_fstat };
#else
enum { CALL_STAT = SYS_stat64, CALL_LSTAT = SYS_lstat64, CALL_FSTAT = SYS_fstat64 };
#endif

int bionic_stat(const char* path, void* result) { return (int)syscall(CALL_STAT, path, result); }
int bionic_lstat(const char* path, void* result) { return (int)syscall(CALL_LSTAT, path, result); }
int bionic_fstat(int file, void* result) { return (int)syscall(CALL_FSTAT, file, result); }
