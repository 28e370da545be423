// The C interface over any runtime: arguments, files, the match of files and library, locking.
#include "core/engine.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/file.h"
#include "core/runtime.h"
#include "core/sha256.h"

struct mobilegen_engine {
  const mobilegen::Model* model;
  mobilegen::File params;
  mobilegen::File weights;
  mobilegen::Runtime* runtime;
  int threads;
  pthread_mutex_t lock;
};

namespace mobilegen {
namespace {

class Lock {
 public:
  explicit Lock(pthread_mutex_t* mutex) : mutex_(mutex) { pthread_mutex_lock(mutex_); }
  ~Lock() { pthread_mutex_unlock(mutex_); }

 private:
  pthread_mutex_t* mutex_;
};

// The library holds only the layers of its own graph, so no other graph may reach the runtime.
int check_params(const Model& model, const File& params, const char* path) {
  char seen[65];
  sha256_hex(params.data, params.size, seen);
  if (strcmp(seen, model.params_sha256) == 0) return MOBILEGEN_OK;
  return fail(MOBILEGEN_ERROR_MODEL,
              "%s is damaged or not of the model that this library was built for", path);
}

int check_weights(const Model& model, const File& weights, const char* path) {
  if (weights.size == model.weights_size) return MOBILEGEN_OK;
  return fail(MOBILEGEN_ERROR_MODEL, "%s has %lu bytes instead of %lu", path,
              static_cast<unsigned long>(weights.size),
              static_cast<unsigned long>(model.weights_size));
}

int open_files(mobilegen_engine* engine, const char* params_path, const char* weights_path) {
  int status = file_open(params_path, &engine->params);
  if (status == MOBILEGEN_OK) status = check_params(*engine->model, engine->params, params_path);
  if (status == MOBILEGEN_OK) status = file_open(weights_path, &engine->weights);
  if (status == MOBILEGEN_OK) status = check_weights(*engine->model, engine->weights, weights_path);
  return status;
}

int load(mobilegen_engine* engine, int threads) {
  Runtime* runtime = 0;
  const int status =
      runtime_open(*engine->model, engine->params, engine->weights, threads, &runtime);
  if (status != MOBILEGEN_OK) return status;
  if (engine->runtime) runtime_close(engine->runtime);
  engine->runtime = runtime;
  engine->threads = threads;
  return MOBILEGEN_OK;
}

int check_threads(int threads) {
  if (threads >= 1 && threads <= MOBILEGEN_MAX_THREADS) return MOBILEGEN_OK;
  return fail(MOBILEGEN_ERROR_ARGUMENT, "%d threads; 1 to %d are possible", threads, MOBILEGEN_MAX_THREADS);
}

int check_arrays(const char* kind, int count, const void* const* arrays) {
  for (int i = 0; i < count; i++) {
    if (!arrays[i]) return fail(MOBILEGEN_ERROR_ARGUMENT, "%s array %d is NULL", kind, i);
  }
  return MOBILEGEN_OK;
}

const Tensor* input(const mobilegen_engine* engine, int i) {
  return engine && i >= 0 && i < engine->model->input_count ? &engine->model->inputs[i] : 0;
}

const Tensor* output(const mobilegen_engine* engine, int i) {
  return engine && i >= 0 && i < engine->model->output_count ? &engine->model->outputs[i] : 0;
}

}  // namespace

int engine_open(const char* params_path, const char* weights_path, int threads,
                mobilegen_engine** result) {
  if (!result) return fail(MOBILEGEN_ERROR_ARGUMENT, "engine is NULL");
  *result = 0;
  if (!params_path || !weights_path) return fail(MOBILEGEN_ERROR_ARGUMENT, "a path is NULL");
  int status = check_threads(threads);
  if (status != MOBILEGEN_OK) return status;
  mobilegen_engine* engine =
      static_cast<mobilegen_engine*>(calloc(1, sizeof(mobilegen_engine)));
  if (!engine) return fail(MOBILEGEN_ERROR_MEMORY, "no memory for an engine");
  engine->model = &kModel;
  pthread_mutex_init(&engine->lock, 0);
  status = open_files(engine, params_path, weights_path);
  if (status == MOBILEGEN_OK) status = load(engine, threads);
  if (status == MOBILEGEN_OK) {
    *result = engine;
  } else {
    mobilegen_close(engine);
  }
  return status;
}

}  // namespace mobilegen

using namespace mobilegen;

extern "C" {

int mobilegen_open(const char* params_path, const char* weights_path, mobilegen_engine** engine) {
  return engine_open(params_path, weights_path, 1, engine);
}

int mobilegen_input_count(const mobilegen_engine* engine) {
  return engine ? engine->model->input_count : 0;
}

const char* mobilegen_input_name(const mobilegen_engine* engine, int i) {
  const Tensor* tensor = input(engine, i);
  return tensor ? tensor->name : 0;
}

int mobilegen_input_rank(const mobilegen_engine* engine, int i) {
  const Tensor* tensor = input(engine, i);
  return tensor ? tensor->rank : -1;
}

const int* mobilegen_input_shape(const mobilegen_engine* engine, int i) {
  const Tensor* tensor = input(engine, i);
  return tensor ? tensor->shape : 0;
}

int mobilegen_output_count(const mobilegen_engine* engine) {
  return engine ? engine->model->output_count : 0;
}

const char* mobilegen_output_name(const mobilegen_engine* engine, int i) {
  const Tensor* tensor = output(engine, i);
  return tensor ? tensor->name : 0;
}

int mobilegen_output_rank(const mobilegen_engine* engine, int i) {
  const Tensor* tensor = output(engine, i);
  return tensor ? tensor->rank : -1;
}

const int* mobilegen_output_shape(const mobilegen_engine* engine, int i) {
  const Tensor* tensor = output(engine, i);
  return tensor ? tensor->shape : 0;
}

int mobilegen_set_threads(mobilegen_engine* engine, int threads) {
  if (!engine) return fail(MOBILEGEN_ERROR_ARGUMENT, "engine is NULL");
  const int status = check_threads(threads);
  if (status != MOBILEGEN_OK) return status;
  Lock lock(&engine->lock);
  return threads == engine->threads ? MOBILEGEN_OK : load(engine, threads);
}

int mobilegen_predict(mobilegen_engine* engine, const float* const* inputs,
                      float* const* outputs) {
  if (!engine || !inputs || !outputs) {
    return fail(MOBILEGEN_ERROR_ARGUMENT, "engine, inputs or outputs is NULL");
  }
  const Model& model = *engine->model;
  int status = check_arrays("input", model.input_count, (const void* const*)inputs);
  if (status == MOBILEGEN_OK) {
    status = check_arrays("output", model.output_count, (const void* const*)outputs);
  }
  if (status != MOBILEGEN_OK) return status;
  Lock lock(&engine->lock);
  return runtime_run(engine->runtime, model, inputs, outputs);
}

const char* mobilegen_last_error(void) { return last_error(); }

void mobilegen_close(mobilegen_engine* engine) {
  if (!engine) return;
  if (engine->runtime) runtime_close(engine->runtime);
  file_close(&engine->weights);
  file_close(&engine->params);
  pthread_mutex_destroy(&engine->lock);
  free(engine);
}

}  // extern "C"
