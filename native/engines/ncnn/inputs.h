// What engine.cpp and tools/profile.cpp share. Of internal linkage: the library has one caller of each,
// into which the compiler puts them, and is no larger than without the latter.
#ifndef MOBILEGEN_NCNN_INPUTS_H
#define MOBILEGEN_NCNN_INPUTS_H

#include <string.h>

#include "core/error.h"
#include "core/runtime.h"
#include "mobilegen/engine.h"
#include "net.h"

namespace mobilegen {

struct Runtime {
  ncnn::Net net;
};

namespace {

// ncnn's order of sizes: w, h, d, c; missing ones are 1.
struct Extent {
  int w, h, d, c;
};

Extent extent_of(const Tensor& tensor) {
  const int* s = tensor.runtime_shape;
  switch (tensor.runtime_rank) {
    case 1: return {s[0], 1, 1, 1};
    case 2: return {s[1], s[0], 1, 1};
    case 3: return {s[2], s[1], 1, s[0]};
    default: return {s[3], s[2], s[1], s[0]};
  }
}

ncnn::Mat create(const Tensor& tensor) {
  const Extent e = extent_of(tensor);
  switch (tensor.runtime_rank) {
    case 1: return ncnn::Mat(e.w);
    case 2: return ncnn::Mat(e.w, e.h);
    case 3: return ncnn::Mat(e.w, e.h, e.c);
    default: return ncnn::Mat(e.w, e.h, e.d, e.c);
  }
}

// Channels of a Mat start at aligned addresses (cstep), so they are copied one by one.
size_t channel_size(const ncnn::Mat& mat) { return (size_t)mat.w * mat.h * mat.d; }

void copy_in(const void* array, ncnn::Mat& mat) {
  const float* values = static_cast<const float*>(array);
  const size_t size = channel_size(mat);
  for (int q = 0; q < mat.c; q++) {
    memcpy((float*)mat.data + mat.cstep * q, values + size * q, size * sizeof(float));
  }
}

int set_inputs(ncnn::Extractor& extractor, const Model& model, const void* const* inputs) {
  for (int i = 0; i < model.input_count; i++) {
    ncnn::Mat mat = create(model.inputs[i]);
    if (mat.empty()) {
      return fail(MOBILEGEN_ERROR_MEMORY, "no memory for input %s", model.inputs[i].name);
    }
    copy_in(inputs[i], mat);
    if (extractor.input(model.inputs[i].blob, mat) != 0) {
      return fail(MOBILEGEN_ERROR_RUN, "ncnn refused input %s", model.inputs[i].name);
    }
  }
  return MOBILEGEN_OK;
}

}  // namespace
}  // namespace mobilegen

#endif
