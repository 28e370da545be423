// Runs ncnn layer by layer; see tools/engine/layers.h.
//
// In light mode a blob is gone once its consumer has run, and ncnn gives every blob one consumer.
// So asking for the blobs in the order of the layers computes one layer each time, just as a whole
// run does; without conversion (type 1) nothing else is computed.
#include "core/adapt.h"
#include "core/engine.h"
#include "engines/ncnn/inputs.h"
#include "layer.h"
#include "tools/engine/layers.h"

namespace mobilegen {
namespace {

const int kAsItIs = 1;

// Handing out a blob of its own pool ncnn would copy it, for a caller that outlives the network; so
// the pool is ours. With the same rule of which blocks fit as ncnn's own.
ncnn::PoolAllocator* pool() {
  static ncnn::PoolAllocator allocator;
  allocator.set_size_compare_ratio(0.f);
  return &allocator;
}

// Of vectors of `elempack` values ncnn counts the vectors, along the outermost axis.
layer_shape shape_of(const ncnn::Mat& mat) {
  layer_shape shape = {mat.dims, {0, 0, 0, 0}};
  const int sizes[4] = {mat.c, mat.d, mat.h, mat.w};
  int rank = 0;
  for (int i = 0; i < 4; i++) {
    const bool absent = (i == 0 && mat.dims < 3) || (i == 1 && mat.dims < 4) ||
                        (i == 2 && mat.dims < 2);
    if (!absent) shape.sizes[rank++] = sizes[i];
  }
  shape.sizes[0] *= mat.elempack;
  return shape;
}

int extract(ncnn::Extractor& extractor, int blob, layer_shape* shapes) {
  ncnn::Mat mat;
  const int status = extractor.extract(blob, mat, kAsItIs);
  if (status != 0) {
    return fail(MOBILEGEN_ERROR_RUN, "ncnn could not compute blob %d (%d)", blob, status);
  }
  if (shapes) shapes[blob] = shape_of(mat);
  return MOBILEGEN_OK;
}

int run_layer(ncnn::Extractor& extractor, const ncnn::Layer& layer, double* seconds,
              layer_shape* shapes) {
  *seconds = 0;
  if (layer.tops.empty()) return MOBILEGEN_OK;
  const double started = now();
  int status = extract(extractor, layer.tops[0], shapes);
  *seconds = now() - started;
  for (size_t i = 1; shapes && status == MOBILEGEN_OK && i < layer.tops.size(); i++) {
    status = extract(extractor, layer.tops[i], shapes);
  }
  return status;
}

}  // namespace
}  // namespace mobilegen

using namespace mobilegen;

extern "C" {

int layers_count(const mobilegen_engine* engine) {
  return static_cast<int>(engine->runtime->net.layers().size());
}

int layers_blob_count(const mobilegen_engine* engine) {
  return static_cast<int>(engine->runtime->net.blobs().size());
}

int layers_run(mobilegen_engine* engine, const void* const* inputs, double* seconds,
               layer_shape* shapes) {
  Lock lock(&engine->lock);
  const std::vector<ncnn::Layer*>& layers = engine->runtime->net.layers();
  ncnn::Extractor extractor = engine->runtime->net.create_extractor();
  extractor.set_blob_allocator(pool());
  const void* const* adapted = 0;
  int status = adapt_inputs(engine, inputs, &adapted);
  if (status == MOBILEGEN_OK) status = set_inputs(extractor, *engine->model, adapted);
  for (size_t i = 0; status == MOBILEGEN_OK && i < layers.size(); i++) {
    status = run_layer(extractor, *layers[i], &seconds[i], shapes);
  }
  return status;
}

}  // extern "C"
