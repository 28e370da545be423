/* Functions of Android's libc whose types differ in size or meaning from musl's.
 *
 * A 32-bit mutex, condition variable or semaphore of bionic has 4 bytes, too few for musl's: its
 * place holds a pointer to the real object, made on first use (an untouched one holds a small
 * constant). off_t and time_t are `long` in bionic.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

typedef struct {
  uintptr_t handle;
} bionic_object;

typedef struct {
  long seconds;
  long nanoseconds;
} bionic_timespec;

typedef struct {
  long seconds;
  long microseconds;
} bionic_timeval;

int bionic_pthread_mutex_init(bionic_object* mutex, const long* attributes);
int bionic_pthread_mutex_lock(bionic_object* mutex);
int bionic_pthread_mutex_trylock(bionic_object* mutex);
int bionic_pthread_mutex_unlock(bionic_object* mutex);
int bionic_pthread_mutex_destroy(bionic_object* mutex);
int bionic_pthread_mutexattr_init(long* attributes);
int bionic_pthread_mutexattr_settype(long* attributes, int type);
int bionic_pthread_mutexattr_destroy(long* attributes);

int bionic_pthread_cond_init(bionic_object* cond, const long* attributes);
int bionic_pthread_cond_wait(bionic_object* cond, bionic_object* mutex);
int bionic_pthread_cond_timedwait(bionic_object* cond, bionic_object* mutex,
                                  const bionic_timespec* until);
int bionic_pthread_cond_signal(bionic_object* cond);
int bionic_pthread_cond_broadcast(bionic_object* cond);
int bionic_pthread_cond_destroy(bionic_object* cond);
int bionic_pthread_condattr_init(long* attributes);
int bionic_pthread_condattr_setclock(long* attributes, int clock);
int bionic_pthread_condattr_destroy(long* attributes);

int bionic_pthread_rwlock_init(bionic_object* lock, const long* attributes);
int bionic_pthread_rwlock_rdlock(bionic_object* lock);
int bionic_pthread_rwlock_wrlock(bionic_object* lock);
int bionic_pthread_rwlock_unlock(bionic_object* lock);
int bionic_pthread_rwlock_destroy(bionic_object* lock);

int bionic_sem_init(bionic_object* semaphore, int shared, unsigned value);
int bionic_sem_wait(bionic_object* semaphore);
int bionic_sem_post(bionic_object* semaphore);
int bionic_sem_destroy(bionic_object* semaphore);

int bionic_pthread_attr_init(bionic_object* attributes);
int bionic_pthread_attr_setdetachstate(bionic_object* attributes, int state);
int bionic_pthread_attr_setstacksize(bionic_object* attributes, size_t size);
int bionic_pthread_attr_destroy(bionic_object* attributes);
/* How often a thread was started, and a condition variable signalled. */
int bionic_threads_started(void);
int bionic_thread_signals(void);
int bionic_pthread_create(pthread_t* thread, const bionic_object* attributes, void* (*start)(void*),
                          void* argument);

long bionic_time(long* result);
int bionic_clock_gettime(int clock, bionic_timespec* result);
int bionic_gettimeofday(bionic_timeval* result, void* zone);
int bionic_nanosleep(const bionic_timespec* duration, bionic_timespec* rest);

long bionic_lseek(int file, long offset, int whence);
int64_t bionic_lseek64(int file, int64_t offset, int whence);
int bionic_ftruncate(int file, long size);
ssize_t bionic_pread(int file, void* data, size_t size, long offset);
ssize_t bionic_pread64(int file, void* data, size_t size, int64_t offset);
void* bionic_mmap(void* address, size_t size, int protection, int flags, int file, long offset);
void* bionic_mmap64(void* address, size_t size, int protection, int flags, int file,
                    int64_t offset);
int bionic_fseeko(FILE* stream, long offset, int whence);
long bionic_ftello(FILE* stream);

void* bionic_dlopen(const char* name, int flags);
void* bionic_dlsym(void* handle, const char* name);
const char* bionic_dlerror(void);
int bionic_dlclose(void* handle);
int bionic_dladdr(const void* address, void* info);
int bionic_dl_iterate_phdr(int (*callback)(void*, size_t, void*), void* data);

int bionic___cxa_atexit(void (*function)(void*), void* argument, void* library);
void bionic___cxa_finalize(void* library);
