// The OpenMP runtime of the library: what clang and gcc call for `#pragma omp parallel for`.
//
// It stands in for ncnn's simpleomp, which puts its threads to sleep after every loop: waking them
// takes as long as a small layer, so a second thread brought nothing. Here threads wait a little
// while (kSpins) for the next loop before they sleep. Threads are made when they are first needed;
// regions of several callers run side by side, and a part that finds no free thread is computed by
// its caller, so nothing ever waits for a thread.
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "mobilegen/engine.h"

namespace ncnn {
int get_cpu_count();
}

namespace {

const int kMaxWorkers = MOBILEGEN_MAX_THREADS - 1;
// About 30 microseconds on the processors that were measured: longer than the gaps between the
// loops of a network, and short enough that it costs no energy worth naming after the last one.
const int kSpins = 2000;
const int kMaxArguments = 32;

enum State { kIdle, kTaken, kWork, kQuit };

// Computes part `index` of `count`.
typedef void (*Compute)(void* job, int index, int count);

struct Region {
  Compute compute;
  void* job;
  int count;
  int pending;  // parts given to workers that are not done yet
};

struct Worker {
  pthread_t thread;
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  int state;
  int asleep;
  Region* region;
  int index;
};

Worker workers[kMaxWorkers];
int worker_count = 0;
pthread_mutex_t growing = PTHREAD_MUTEX_INITIALIZER;

// Callers that sleep until their region is done. Not in the Region: it may be gone before the
// worker that finished it has told so.
pthread_mutex_t done_mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t done = PTHREAD_COND_INITIALIZER;
int sleepers = 0;

pthread_key_t requested_key;  // num_threads of the next region
pthread_key_t place_key;      // see place_of
bool keys_exist = false;
int spins = 0;

int load(const int* value) { return __atomic_load_n(value, __ATOMIC_SEQ_CST); }
void store(int* value, int now) { __atomic_store_n(value, now, __ATOMIC_SEQ_CST); }

inline void relax() {
#if defined(__i386__) || defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
  __asm__ volatile("isb" ::: "memory");  // `yield` does nothing on most ARM processors
#endif
}

// Waits a little while for `*value` to become `wanted`.
bool spin(const int* value, int wanted) {
  for (int i = 0; i < spins; i++) {
    if (__atomic_load_n(value, __ATOMIC_ACQUIRE) == wanted) return true;
    relax();
  }
  return load(value) == wanted;
}

// Index and count of a part in one number, as clang hands it back in `gtid`; 0 outside of regions.
int place_of(int index, int count) { return count << 8 | index; }
int index_in(int place) { return place & 255; }
int count_in(int place) { return place >> 8 ? place >> 8 : 1; }

int get(pthread_key_t key) {
  return keys_exist ? (int)(intptr_t)pthread_getspecific(key) : 0;
}

void set(pthread_key_t key, int value) {
  if (keys_exist) pthread_setspecific(key, (void*)(intptr_t)value);
}

void compute_part(const Region& region, int index) {
  const int before = get(place_key);
  set(place_key, place_of(index, region.count));
  region.compute(region.job, index, region.count);
  set(place_key, before);
}

void sleep_until_work(Worker* worker) {
  pthread_mutex_lock(&worker->mutex);
  store(&worker->asleep, 1);
  while (load(&worker->state) != kWork && load(&worker->state) != kQuit) {
    pthread_cond_wait(&worker->wake, &worker->mutex);
  }
  store(&worker->asleep, 0);
  pthread_mutex_unlock(&worker->mutex);
}

void finish_part(Region* region) {
  // The region may be gone as soon as `pending` is 0.
  if (__atomic_sub_fetch(&region->pending, 1, __ATOMIC_SEQ_CST) != 0 || !load(&sleepers)) return;
  pthread_mutex_lock(&done_mutex);
  pthread_cond_broadcast(&done);
  pthread_mutex_unlock(&done_mutex);
}

void* work(void* argument) {
  Worker* worker = static_cast<Worker*>(argument);
  for (;;) {
    if (!spin(&worker->state, kWork)) sleep_until_work(worker);
    if (load(&worker->state) == kQuit) return 0;
    Region* region = worker->region;
    compute_part(*region, worker->index);
    int working = kWork;  // unless it shall quit
    __atomic_compare_exchange_n(&worker->state, &working, kIdle, false, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
    finish_part(region);
  }
}

void set_state(Worker* worker, State state) {
  store(&worker->state, state);
  if (!load(&worker->asleep)) return;
  pthread_mutex_lock(&worker->mutex);
  pthread_cond_signal(&worker->wake);
  pthread_mutex_unlock(&worker->mutex);
}

// Returns a new worker that is taken; null if there are as many as may be, or no memory.
Worker* grow() {
  Worker* worker = 0;
  pthread_mutex_lock(&growing);
  if (worker_count < kMaxWorkers) {
    worker = &workers[worker_count];
    memset(worker, 0, sizeof(*worker));
    worker->state = kTaken;
    pthread_mutex_init(&worker->mutex, 0);
    pthread_cond_init(&worker->wake, 0);
    if (pthread_create(&worker->thread, 0, work, worker) == 0) {
      store(&worker_count, worker_count + 1);
    } else {
      worker = 0;
    }
  }
  pthread_mutex_unlock(&growing);
  return worker;
}

Worker* take() {
  const int count = load(&worker_count);
  for (int i = 0; i < count; i++) {
    int idle = kIdle;
    if (__atomic_compare_exchange_n(&workers[i].state, &idle, kTaken, false, __ATOMIC_SEQ_CST,
                                    __ATOMIC_SEQ_CST)) {
      return &workers[i];
    }
  }
  return grow();
}

void wait_for(Region* region) {
  if (spin(&region->pending, 0)) return;
  pthread_mutex_lock(&done_mutex);
  store(&sleepers, sleepers + 1);
  while (load(&region->pending) != 0) pthread_cond_wait(&done, &done_mutex);
  store(&sleepers, sleepers - 1);
  pthread_mutex_unlock(&done_mutex);
}

void run(Compute compute, void* job, int count) {
  if (count > MOBILEGEN_MAX_THREADS) count = MOBILEGEN_MAX_THREADS;
  if (count < 1 || !keys_exist) count = 1;
  Region region = {compute, job, count, 0};
  Worker* team[kMaxWorkers];
  int helpers = 0;
  while (helpers < count - 1 && (team[helpers] = take()) != 0) helpers++;
  region.pending = helpers;
  for (int i = 0; i < helpers; i++) {
    team[i]->region = &region;
    team[i]->index = i + 1;
    set_state(team[i], kWork);
  }
  compute_part(region, 0);
  for (int i = helpers + 1; i < count; i++) compute_part(region, i);
  if (helpers) wait_for(&region);
}

__attribute__((constructor)) void start() {
  spins = ncnn::get_cpu_count() > 1 ? kSpins : 0;
  if (pthread_key_create(&requested_key, 0) != 0) return;
  keys_exist = pthread_key_create(&place_key, 0) == 0;
  if (!keys_exist) pthread_key_delete(requested_key);
}

// The threads must not outlive the code that they run.
__attribute__((destructor)) void stop() {
  for (int i = 0; i < worker_count; i++) {
    set_state(&workers[i], kQuit);
    pthread_join(workers[i].thread, 0);
  }
  worker_count = 0;
  if (!keys_exist) return;
  pthread_key_delete(requested_key);
  pthread_key_delete(place_key);
  keys_exist = false;
}

// The share of part `place` in the iterations *lower to *upper, as even as possible.
template <typename T>
void share(int place, int32_t* last, T* lower, T* upper) {
  const T total = *upper - *lower + 1;
  const T index = (T)index_in(place), count = (T)count_in(place);
  const T each = total / count, rest = total % count;
  const T first = index * each + (index < rest ? index : rest);
  const T size = each + (index < rest ? 1 : 0);
  *last = size > 0 && first + size == total;
  *lower += first;
  *upper = *lower + size - 1;
}

}  // namespace

extern "C" {

int omp_get_max_threads() { return ncnn::get_cpu_count(); }
int omp_get_dynamic() { return 1; }
void omp_set_dynamic(int) {}
void omp_set_num_threads(int) {}
int omp_get_num_threads() { return count_in(get(place_key)); }
int omp_get_thread_num() { return index_in(get(place_key)); }
int kmp_get_blocktime() { return 0; }
void kmp_set_blocktime(int) {}

#if defined(__clang__)

typedef void (*Micro)(int32_t* gtid, int32_t* tid, ...);
typedef void (*Micro32)(int32_t*, int32_t*, void*, void*, void*, void*, void*, void*, void*, void*,
                        void*, void*, void*, void*, void*, void*, void*, void*, void*, void*, void*,
                        void*, void*, void*, void*, void*, void*, void*, void*, void*, void*, void*,
                        void*, void*);

struct Fork {
  Micro32 function;
  void* a[kMaxArguments];
};

// In the calling conventions of all targets the caller removes the arguments, so a function of
// fewer arguments does not notice the others.
static void compute_fork(void* job, int index, int count) {
  const Fork& f = *static_cast<Fork*>(job);
  int32_t place = place_of(index, count), tid = index;
  f.function(&place, &tid, f.a[0], f.a[1], f.a[2], f.a[3], f.a[4], f.a[5], f.a[6], f.a[7], f.a[8],
             f.a[9], f.a[10], f.a[11], f.a[12], f.a[13], f.a[14], f.a[15], f.a[16], f.a[17],
             f.a[18], f.a[19], f.a[20], f.a[21], f.a[22], f.a[23], f.a[24], f.a[25], f.a[26],
             f.a[27], f.a[28], f.a[29], f.a[30], f.a[31]);
}

int32_t __kmpc_global_thread_num(void*) { return 0; }

void __kmpc_push_num_threads(void*, int32_t, int32_t count) { set(requested_key, count); }

void __kmpc_fork_call(void*, int32_t argc, Micro function, ...) {
  if (argc > kMaxArguments) __builtin_trap();  // decided when ncnn was compiled
  Fork fork;
  memset(&fork, 0, sizeof(fork));
  fork.function = reinterpret_cast<Micro32>(function);
  va_list arguments;
  va_start(arguments, function);
  for (int i = 0; i < argc; i++) fork.a[i] = va_arg(arguments, void*);
  va_end(arguments);
  const int count = get(requested_key);
  set(requested_key, 0);
  run(compute_fork, &fork, count);
}

void __kmpc_for_static_init_4(void*, int32_t place, int32_t, int32_t* last, int32_t* lower,
                              int32_t* upper, int32_t*, int32_t, int32_t) {
  share(place, last, lower, upper);
}

void __kmpc_for_static_init_4u(void*, int32_t place, int32_t, int32_t* last, uint32_t* lower,
                               uint32_t* upper, int32_t*, int32_t, int32_t) {
  share(place, last, lower, upper);
}

void __kmpc_for_static_init_8(void*, int32_t place, int32_t, int32_t* last, int64_t* lower,
                              int64_t* upper, int64_t*, int64_t, int64_t) {
  share(place, last, lower, upper);
}

void __kmpc_for_static_init_8u(void*, int32_t place, int32_t, int32_t* last, uint64_t* lower,
                               uint64_t* upper, int64_t*, int64_t, int64_t) {
  share(place, last, lower, upper);
}

void __kmpc_for_static_fini(void*, int32_t) {}

#else

struct Gomp {
  void (*function)(void*);
  void* data;
};

static void compute_gomp(void* job, int, int) {
  const Gomp& gomp = *static_cast<Gomp*>(job);
  gomp.function(gomp.data);
}

void GOMP_parallel(void (*function)(void*), void* data, unsigned count, unsigned) {
  Gomp gomp = {function, data};
  run(compute_gomp, &gomp, (int)count);
}

#endif

}  // extern "C"
