#include "core/adapt.h"

#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/permute.h"

namespace mobilegen {
namespace {

const size_t kAlignment = 64;

// Memory of a tensor for one run; null where the caller's own array serves.
struct Buffers {
  char* runtime;  // in the runtime's type and order
  char* between;  // in the runtime's type and the source's order
};

// What one run works with: the arrays of the inputs, then those of the outputs.
struct Work {
  void** arrays;
  Buffers* buffers;
};

const Tensor& tensor(const Model& model, int i) {
  return i < model.input_count ? model.inputs[i] : model.outputs[i - model.input_count];
}

int tensor_count(const Model& model) { return model.input_count + model.output_count; }

// Elements of one run.
size_t run_count(const Model& model, const Tensor& tensor) {
  return element_count(tensor) / static_cast<size_t>(model.batch);
}

// Takes `size` bytes of `memory`, of which `*used` are taken; null: only counts.
char* take(char* memory, size_t size, size_t* used) {
  char* place = memory ? memory + *used : 0;
  *used += (size + kAlignment - 1) / kAlignment * kAlignment;
  return place;
}

// Returns how many bytes it takes.
size_t lay_out(const Model& model, char* memory, Work* work) {
  const size_t count = static_cast<size_t>(tensor_count(model));
  size_t used = 0;
  work->arrays = reinterpret_cast<void**>(take(memory, count * sizeof(void*), &used));
  work->buffers = reinterpret_cast<Buffers*>(take(memory, count * sizeof(Buffers), &used));
  for (int i = 0; i < static_cast<int>(count); i++) {
    const Tensor& t = tensor(model, i);
    const size_t size = run_count(model, t) * type_size(t.runtime_type);
    Buffers buffers = {0, 0};
    if (t.convert || t.permutation) buffers.runtime = take(memory, size, &used);
    if (t.convert && t.permutation) buffers.between = take(memory, size, &used);
    if (memory) work->buffers[i] = buffers;
  }
  return used;
}

int prepare(mobilegen_engine* engine, Work* work) {
  const Model& model = *engine->model;
  if (!engine->scratch) {
    const size_t size = lay_out(model, 0, work) + kAlignment;
    engine->scratch = static_cast<char*>(malloc(size));
    if (!engine->scratch) return fail(MOBILEGEN_ERROR_MEMORY, "no memory for a prediction");
  }
  const size_t beyond = reinterpret_cast<uintptr_t>(engine->scratch) % kAlignment;
  lay_out(model, engine->scratch + (kAlignment - beyond), work);
  return MOBILEGEN_OK;
}

// The source's sizes for one run.
void run_shape(const Model& model, const Tensor& tensor, int* shape) {
  for (int i = 0; i < tensor.rank; i++) shape[i] = tensor.shape[i];
  if (model.batch > 1) shape[0] /= model.batch;
}

void to_runtime_order(const Model& model, const Tensor& t, const void* from, int type, void* to) {
  int shape[kMaxRank];
  run_shape(model, t, shape);
  permute(from, shape, t.permutation, t.rank, type_size(type), to);
}

void to_source_order(const Model& model, const Tensor& t, const void* from, int type, void* to) {
  int shape[kMaxRank], permuted[kMaxRank], inverse[kMaxRank];
  run_shape(model, t, shape);
  for (int i = 0; i < t.rank; i++) permuted[i] = shape[t.permutation[i]];
  invert(t.permutation, t.rank, inverse);
  permute(from, permuted, inverse, t.rank, type_size(type), to);
}

const char* name_of(int type) {
  static const char* const names[MOBILEGEN_TYPES] = {"float32", "float16", "float64", "int32",
                                                     "int64",   "uint8",   "bool"};
  return names[type];
}

// Input i of one run, as the runtime takes it; `array` are the caller's values for that run.
int adapt_input(const Model& model, int i, const void* array, Work* work) {
  const Tensor& t = model.inputs[i];
  const Buffers& buffers = work->buffers[i];
  work->arrays[i] = buffers.runtime ? buffers.runtime : const_cast<void*>(array);
  if (t.convert) {
    void* to = buffers.between ? buffers.between : buffers.runtime;
    const size_t count = run_count(model, t), good = t.convert(array, to, count);
    if (good < count) {
      return fail(MOBILEGEN_ERROR_ARGUMENT,
                  "input %s: value %lu cannot be a %s, in which the model is computed", t.name,
                  static_cast<unsigned long>(good), name_of(t.runtime_type));
    }
    array = to;
  }
  if (t.permutation) to_runtime_order(model, t, array, t.runtime_type, buffers.runtime);
  return MOBILEGEN_OK;
}

// Output i of one run, to where the caller wants it.
int adapt_output(const Model& model, int i, void* array, const Work& work) {
  const Tensor& t = model.outputs[i];
  const Buffers& buffers = work.buffers[model.input_count + i];
  const void* from = buffers.runtime;
  if (t.permutation) {
    void* to = buffers.between ? buffers.between : array;
    to_source_order(model, t, from, t.runtime_type, to);
    from = to;
  }
  if (!t.convert) return MOBILEGEN_OK;
  const size_t count = run_count(model, t), good = t.convert(from, array, count);
  if (good == count) return MOBILEGEN_OK;
  return fail(MOBILEGEN_ERROR_RUN, "output %s: value %lu that was computed cannot be a %s", t.name,
              static_cast<unsigned long>(good), name_of(t.type));
}

char* part_of(const Model& model, const Tensor& t, const void* array, int run) {
  const size_t size = run_count(model, t) * type_size(t.type);
  return static_cast<char*>(const_cast<void*>(array)) + size * static_cast<size_t>(run);
}

int adapt_all(const Model& model, int run, const void* const* inputs, Work* work) {
  int status = MOBILEGEN_OK;
  for (int i = 0; status == MOBILEGEN_OK && i < model.input_count; i++) {
    status = adapt_input(model, i, part_of(model, model.inputs[i], inputs[i], run), work);
  }
  return status;
}

int run_once(mobilegen_engine* engine, int run, const void* const* inputs, void* const* outputs,
             Work* work) {
  const Model& model = *engine->model;
  int status = adapt_all(model, run, inputs, work);
  void** made = work->arrays + model.input_count;
  for (int i = 0; i < model.output_count; i++) {
    char* own = work->buffers[model.input_count + i].runtime;
    made[i] = own ? own : part_of(model, model.outputs[i], outputs[i], run);
  }
  if (status == MOBILEGEN_OK) status = runtime_run(engine->runtime, model, work->arrays, made);
  for (int i = 0; status == MOBILEGEN_OK && i < model.output_count; i++) {
    status = adapt_output(model, i, part_of(model, model.outputs[i], outputs[i], run), *work);
  }
  return status;
}

}  // namespace

int run_adapted(mobilegen_engine* engine, const void* const* inputs, void* const* outputs) {
  Work work;
  int status = prepare(engine, &work);
  for (int run = 0; status == MOBILEGEN_OK && run < engine->model->batch; run++) {
    status = run_once(engine, run, inputs, outputs, &work);
  }
  return status;
}

int adapt_inputs(mobilegen_engine* engine, const void* const* inputs,
                 const void* const** adapted) {
  Work work;
  int status = prepare(engine, &work);
  if (status == MOBILEGEN_OK) status = adapt_all(*engine->model, 0, inputs, &work);
  *adapted = work.arrays;
  return status;
}

}  // namespace mobilegen
