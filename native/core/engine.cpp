// The C interface over any runtime: what the model is, threads, predictions.
#include "core/engine.h"

#include <time.h>

#include "core/adapt.h"
#include "core/error.h"

namespace mobilegen {
namespace {

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

int check_threads(int threads) {
  if (threads >= 1 && threads <= MOBILEGEN_MAX_THREADS) return MOBILEGEN_OK;
  return fail(MOBILEGEN_ERROR_ARGUMENT, "%d threads; 1 to %d are possible", threads,
              MOBILEGEN_MAX_THREADS);
}

double now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

int run_as_is(mobilegen_engine* engine, const void* const* inputs, void* const* outputs) {
  return runtime_run(engine->runtime, *engine->model, inputs, outputs);
}

int run_locked(mobilegen_engine* engine, const void* const* inputs, void* const* outputs) {
  const double started = now();
  const int status = engine->model->run(engine, inputs, outputs);
  note_seconds(engine, MOBILEGEN_SECONDS_PREDICT, now() - started);
  return status;
}

void note_seconds(mobilegen_engine* engine, int kind, double seconds) {
  Lock lock(&engine->notes);
  engine->seconds[kind] = seconds;
}

}  // namespace mobilegen

using namespace mobilegen;

extern "C" {

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

int mobilegen_input_type(const mobilegen_engine* engine, int i) {
  const Tensor* tensor = input(engine, i);
  return tensor ? tensor->type : -1;
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

int mobilegen_output_type(const mobilegen_engine* engine, int i) {
  const Tensor* tensor = output(engine, i);
  return tensor ? tensor->type : -1;
}

int mobilegen_set_threads(mobilegen_engine* engine, int threads) {
  if (!engine) return fail(MOBILEGEN_ERROR_ARGUMENT, "engine is NULL");
  int status = check_threads(threads);
  if (status != MOBILEGEN_OK) return status;
  Lock lock(&engine->lock);
  if (threads == engine->threads) return MOBILEGEN_OK;
  Runtime* runtime = 0;
  status = runtime_open(*engine->model, engine->files, threads, &runtime);
  if (status != MOBILEGEN_OK) return status;
  runtime_close(engine->runtime);
  engine->runtime = runtime;
  engine->threads = threads;
  return MOBILEGEN_OK;
}

int mobilegen_predict(mobilegen_engine* engine, const void* const* inputs,
                      void* const* outputs) {
  if (!engine || !inputs || !outputs) {
    return fail(MOBILEGEN_ERROR_ARGUMENT, "engine, inputs or outputs is NULL");
  }
  const Model& model = *engine->model;
  int status = check_arrays("input", model.input_count, inputs);
  if (status == MOBILEGEN_OK) {
    status = check_arrays("output", model.output_count, outputs);
  }
  if (status != MOBILEGEN_OK) return status;
  Lock lock(&engine->lock);
  return run_locked(engine, inputs, outputs);
}

double mobilegen_last_seconds(mobilegen_engine* engine, int kind) {
  if (!engine || kind < 0 || kind >= MOBILEGEN_SECONDS_KINDS) return -1;
  Lock lock(&engine->notes);
  return engine->seconds[kind];
}

const char* mobilegen_last_error(void) { return last_error(); }

}  // extern "C"
