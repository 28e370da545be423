/* See bionic_layouts.h. */
#define _GNU_SOURCE
#include "bionic_layouts.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "elf_image.h"
#include "imports.h"

/* Values of an untouched object, from bionic's PTHREAD_*_INITIALIZER; addresses are larger. */
enum { INITIAL_RECURSIVE = 0x4000, INITIAL_ERRORCHECK = 0x8000, INITIAL_LAST = 0xffff };
enum { CLOCK_BIT = 2 }; /* of bionic's pthread_condattr_t: CLOCK_MONOTONIC */

static int threads_started;
static int thread_signals;

static void count(int* counter) { __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED); }

int bionic_threads_started(void) { return __atomic_load_n(&threads_started, __ATOMIC_RELAXED); }
int bionic_thread_signals(void) { return __atomic_load_n(&thread_signals, __ATOMIC_RELAXED); }

static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;

static void* new_object(size_t size) {
  void* memory = calloc(1, size);
  if (!memory) die(EXIT_RESULT, "no memory for a lock");
  return memory;
}

static void* make_mutex(uintptr_t initial) {
  pthread_mutex_t* mutex = new_object(sizeof *mutex);
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  if (initial & INITIAL_RECURSIVE) pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
  if (initial & INITIAL_ERRORCHECK)
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
  pthread_mutex_init(mutex, &attributes);
  return mutex;
}

static void* make_cond(uintptr_t initial) {
  pthread_cond_t* cond = new_object(sizeof *cond);
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, initial & CLOCK_BIT ? CLOCK_MONOTONIC : CLOCK_REALTIME);
  pthread_cond_init(cond, &attributes);
  return cond;
}

static void* make_rwlock(uintptr_t initial) {
  (void)initial;
  return new_object(sizeof(pthread_rwlock_t));
}

/* The real object behind a place in the library's memory. */
static void* object(bionic_object* place, void* (*make)(uintptr_t)) {
  uintptr_t handle = __atomic_load_n(&place->handle, __ATOMIC_ACQUIRE);
  if (handle > INITIAL_LAST) return (void*)handle;
  pthread_mutex_lock(&making);
  if (place->handle <= INITIAL_LAST)
    __atomic_store_n(&place->handle, (uintptr_t)make(place->handle), __ATOMIC_RELEASE);
  pthread_mutex_unlock(&making);
  return (void*)place->handle;
}

static void drop(bionic_object* place) {
  if (place->handle > INITIAL_LAST) free((void*)place->handle);
  place->handle = 0;
}

static pthread_mutex_t* mutex_of(bionic_object* place) { return object(place, make_mutex); }
static pthread_cond_t* cond_of(bionic_object* place) { return object(place, make_cond); }
static pthread_rwlock_t* rwlock_of(bionic_object* place) { return object(place, make_rwlock); }
static sem_t* semaphore_of(bionic_object* place) { return (sem_t*)place->handle; }

int bionic_pthread_mutex_init(bionic_object* mutex, const long* attributes) {
  long type = attributes ? *attributes & 3 : 0;
  mutex->handle = type == 1 ? INITIAL_RECURSIVE : type == 2 ? INITIAL_ERRORCHECK : 0;
  mutex_of(mutex);
  return 0;
}

int bionic_pthread_mutex_lock(bionic_object* mutex) { return pthread_mutex_lock(mutex_of(mutex)); }
int bionic_pthread_mutex_trylock(bionic_object* mutex) {
  return pthread_mutex_trylock(mutex_of(mutex));
}
int bionic_pthread_mutex_unlock(bionic_object* mutex) {
  return pthread_mutex_unlock(mutex_of(mutex));
}

int bionic_pthread_mutex_destroy(bionic_object* mutex) {
  int status = pthread_mutex_destroy(mutex_of(mutex));
  drop(mutex);
  return status;
}

int bionic_pthread_mutexattr_init(long* attributes) {
  *attributes = 0;
  return 0;
}

int bionic_pthread_mutexattr_settype(long* attributes, int type) {
  *attributes = type;
  return 0;
}

int bionic_pthread_mutexattr_destroy(long* attributes) {
  *attributes = -1;
  return 0;
}

int bionic_pthread_cond_init(bionic_object* cond, const long* attributes) {
  cond->handle = attributes ? (uintptr_t)*attributes & CLOCK_BIT : 0;
  cond_of(cond);
  return 0;
}

int bionic_pthread_cond_wait(bionic_object* cond, bionic_object* mutex) {
  return pthread_cond_wait(cond_of(cond), mutex_of(mutex));
}

int bionic_pthread_cond_timedwait(bionic_object* cond, bionic_object* mutex,
                                  const bionic_timespec* until) {
  struct timespec limit = {.tv_sec = until->seconds, .tv_nsec = until->nanoseconds};
  return pthread_cond_timedwait(cond_of(cond), mutex_of(mutex), &limit);
}

int bionic_pthread_cond_signal(bionic_object* cond) {
  count(&thread_signals);
  return pthread_cond_signal(cond_of(cond));
}

int bionic_pthread_cond_broadcast(bionic_object* cond) {
  count(&thread_signals);
  return pthread_cond_broadcast(cond_of(cond));
}

int bionic_pthread_cond_destroy(bionic_object* cond) {
  int status = pthread_cond_destroy(cond_of(cond));
  drop(cond);
  return status;
}

int bionic_pthread_condattr_init(long* attributes) {
  *attributes = 0;
  return 0;
}

int bionic_pthread_condattr_setclock(long* attributes, int clock) {
  *attributes = clock == CLOCK_MONOTONIC ? CLOCK_BIT : 0;
  return 0;
}

int bionic_pthread_condattr_destroy(long* attributes) {
  *attributes = 0;
  return 0;
}

int bionic_pthread_rwlock_init(bionic_object* lock, const long* attributes) {
  (void)attributes;
  lock->handle = 0;
  rwlock_of(lock);
  return 0;
}

int bionic_pthread_rwlock_rdlock(bionic_object* lock) {
  return pthread_rwlock_rdlock(rwlock_of(lock));
}
int bionic_pthread_rwlock_wrlock(bionic_object* lock) {
  return pthread_rwlock_wrlock(rwlock_of(lock));
}
int bionic_pthread_rwlock_unlock(bionic_object* lock) {
  return pthread_rwlock_unlock(rwlock_of(lock));
}

int bionic_pthread_rwlock_destroy(bionic_object* lock) {
  int status = pthread_rwlock_destroy(rwlock_of(lock));
  drop(lock);
  return status;
}

int bionic_sem_init(bionic_object* semaphore, int shared, unsigned value) {
  sem_t* real = new_object(sizeof *real);
  semaphore->handle = (uintptr_t)real;
  return sem_init(real, shared, value);
}

int bionic_sem_wait(bionic_object* semaphore) { return sem_wait(semaphore_of(semaphore)); }
int bionic_sem_post(bionic_object* semaphore) { return sem_post(semaphore_of(semaphore)); }

int bionic_sem_destroy(bionic_object* semaphore) {
  int status = sem_destroy(semaphore_of(semaphore));
  drop(semaphore);
  return status;
}

int bionic_pthread_attr_init(bionic_object* attributes) {
  attributes->handle = (uintptr_t)new_object(sizeof(pthread_attr_t));
  return pthread_attr_init((pthread_attr_t*)attributes->handle);
}

int bionic_pthread_attr_setdetachstate(bionic_object* attributes, int state) {
  return pthread_attr_setdetachstate((pthread_attr_t*)attributes->handle, state);
}

int bionic_pthread_attr_setstacksize(bionic_object* attributes, size_t size) {
  return pthread_attr_setstacksize((pthread_attr_t*)attributes->handle, size);
}

int bionic_pthread_attr_destroy(bionic_object* attributes) {
  drop(attributes);
  return 0;
}

/* Android gives a thread 1 MB of stack, musl 128 KB. */
int bionic_pthread_create(pthread_t* thread, const bionic_object* attributes, void* (*start)(void*),
                          void* argument) {
  pthread_attr_t usual;
  count(&threads_started);
  pthread_attr_init(&usual);
  pthread_attr_setstacksize(&usual, 1 << 20);
  return pthread_create(thread, attributes ? (pthread_attr_t*)attributes->handle : &usual, start,
                        argument);
}

long bionic_time(long* result) {
  long now = (long)time(0);
  if (result) *result = now;
  return now;
}

int bionic_clock_gettime(int clock, bionic_timespec* result) {
  struct timespec now;
  int status = clock_gettime(clock, &now);
  *result = (bionic_timespec){(long)now.tv_sec, now.tv_nsec};
  return status;
}

int bionic_gettimeofday(bionic_timeval* result, void* zone) {
  struct timeval now;
  int status = gettimeofday(&now, zone);
  if (result) *result = (bionic_timeval){(long)now.tv_sec, (long)now.tv_usec};
  return status;
}

int bionic_nanosleep(const bionic_timespec* duration, bionic_timespec* rest) {
  struct timespec wanted = {.tv_sec = duration->seconds, .tv_nsec = duration->nanoseconds},
                  left = {0};
  int status = nanosleep(&wanted, &left);
  if (rest) *rest = (bionic_timespec){(long)left.tv_sec, left.tv_nsec};
  return status;
}

long bionic_lseek(int file, long offset, int whence) { return (long)lseek(file, offset, whence); }
int64_t bionic_lseek64(int file, int64_t offset, int whence) { return lseek(file, offset, whence); }
int bionic_ftruncate(int file, long size) { return ftruncate(file, size); }

ssize_t bionic_pread(int file, void* data, size_t size, long offset) {
  return pread(file, data, size, offset);
}
ssize_t bionic_pread64(int file, void* data, size_t size, int64_t offset) {
  return pread(file, data, size, offset);
}

void* bionic_mmap(void* address, size_t size, int protection, int flags, int file, long offset) {
  return mmap(address, size, protection, flags, file, offset);
}

void* bionic_mmap64(void* address, size_t size, int protection, int flags, int file,
                    int64_t offset) {
  return mmap(address, size, protection, flags, file, offset);
}

int bionic_fseeko(FILE* stream, long offset, int whence) { return fseeko(stream, offset, whence); }
long bionic_ftello(FILE* stream) { return (long)ftello(stream); }

static const char* dl_problem;
static char dl_libraries;

/* Only the libraries that are always loaded can be opened; all of them have the one table. */
void* bionic_dlopen(const char* name, int flags) {
  static const char* const known[] = {"libc.so", "libm.so", "libdl.so", "liblog.so"};
  (void)flags;
  for (size_t i = 0; name && i < sizeof known / sizeof *known; i++) {
    if (!strcmp(name, known[i])) return &dl_libraries;
  }
  dl_problem = "library not found";
  return name ? 0 : &dl_libraries;
}

void* bionic_dlsym(void* handle, const char* name) {
  (void)handle;
  void* found = import_find(name);
  if (!found) dl_problem = "undefined symbol";
  return found;
}

const char* bionic_dlerror(void) {
  const char* problem = dl_problem;
  dl_problem = 0;
  return problem;
}

int bionic_dlclose(void* handle) {
  (void)handle;
  return 0;
}

int bionic_dladdr(const void* address, void* info) {
  (void)address, (void)info;
  return 0;
}

int bionic_dl_iterate_phdr(int (*callback)(void*, size_t, void*), void* data) {
  (void)callback, (void)data;
  return 0;
}

struct exit_call {
  void (*function)(void*);
  void* argument;
  struct exit_call* next;
};

static struct exit_call* exit_calls;

static void run_exit_calls(void) {
  while (exit_calls) {
    struct exit_call* call = exit_calls;
    exit_calls = call->next;
    call->function(call->argument);
  }
}

int bionic___cxa_atexit(void (*function)(void*), void* argument, void* library) {
  (void)library;
  struct exit_call* call = new_object(sizeof *call);
  *call = (struct exit_call){function, argument, exit_calls};
  if (!exit_calls) atexit(run_exit_calls);
  exit_calls = call;
  return 0;
}

void bionic___cxa_finalize(void* library) {
  (void)library;
  run_exit_calls();
}
