// What the parts of the C interface and the bridges share beyond mobilegen/engine.h.
#ifndef MOBILEGEN_CORE_ENGINE_H
#define MOBILEGEN_CORE_ENGINE_H

#include <pthread.h>

#include "core/file.h"
#include "core/model.h"
#include "core/runtime.h"
#include "mobilegen/engine.h"

namespace mobilegen {

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
  mobilegen::File files[mobilegen::kMaxFiles];
  mobilegen::Runtime* runtime;
  int threads;
  // Input and outputs of mobilegen_classify, and what run_adapted works with. They are made by the
  // first call: so much memory is slow to get.
  char* arrays;
  char* scratch;
  pthread_mutex_t lock;  // held while the runtime and these are used
  double seconds[MOBILEGEN_SECONDS_KINDS];
  const char* labels;  // one after the other, each ended by a zero; null: none yet
  bool labels_owned;
  pthread_mutex_t notes;  // held for a moment, for the three above
};

namespace mobilegen {

// The model that this library was built for.
extern const Model kModel;

// An error for a number of threads that cannot be.
int check_threads(int threads);

double now();

// Computes the outputs; the caller holds the engine's lock.
int run_locked(mobilegen_engine* engine, const void* const* inputs, void* const* outputs);

// What mobilegen_last_seconds will tell.
void note_seconds(mobilegen_engine* engine, int kind, double seconds);

}  // namespace mobilegen

#endif
