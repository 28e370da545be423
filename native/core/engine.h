// What the parts of the C interface and the bridges share beyond mobilegen/engine.h.
#ifndef MOBILEGEN_CORE_ENGINE_H
#define MOBILEGEN_CORE_ENGINE_H

#include <pthread.h>

#include "core/file.h"
#include "core/model.h"
#include "core/runtime.h"
#include "mobilegen/engine.h"

namespace mobilegen {

// The files of a model, and what to call them in messages.
struct Files {
  File params;
  File weights;
  const char* params_name;
  const char* weights_name;
};

class Lock {
 public:
  explicit Lock(pthread_mutex_t* mutex) : mutex_(mutex) { pthread_mutex_lock(mutex_); }
  ~Lock() { pthread_mutex_unlock(mutex_); }

 private:
  Lock(const Lock&);
  pthread_mutex_t* mutex_;
};

}  // namespace mobilegen

struct mobilegen_engine {
  const mobilegen::Model* model;
  mobilegen::Files files;
  mobilegen::Runtime* runtime;
  int threads;
  // Input and outputs of mobilegen_classify, made by the first call: so much memory is slow to get.
  float* arrays;
  pthread_mutex_t lock;  // held while the runtime and the arrays are used
  double seconds[MOBILEGEN_SECONDS_KINDS];
  const char* labels;  // one after the other, each ended by a zero; null: none yet
  bool labels_owned;
  pthread_mutex_t notes;  // held for a moment, for the three above
};

namespace mobilegen {

// The model that this library was built for.
extern const Model kModel;

// The ways to open, with a number of threads, so that it need not be changed afterwards.
int open_paths(const char* params, const char* weights, int threads, mobilegen_engine** engine);
int open_parts(int params, int64_t params_offset, int64_t params_length, int weights,
               int64_t weights_offset, int64_t weights_length, int threads,
               mobilegen_engine** engine);
int open_memory(const void* params, size_t params_size, const void* weights, size_t weights_size,
                int threads, mobilegen_engine** engine);
int open_embedded(int threads, mobilegen_engine** engine);

// An error for a number of threads that cannot be.
int check_threads(int threads);

double now();

// Computes the outputs; the caller holds the engine's lock.
int run_locked(mobilegen_engine* engine, const float* const* inputs, float* const* outputs);

// What mobilegen_last_seconds will tell.
void note_seconds(mobilegen_engine* engine, int kind, double seconds);

}  // namespace mobilegen

#endif
