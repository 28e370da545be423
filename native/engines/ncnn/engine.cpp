// Adapter of core/runtime.h to ncnn.
#include <string.h>

#include "core/error.h"
#include "core/runtime.h"
#include "engines/ncnn/inputs.h"
#include "engines/ncnn/missing.h"
#include "engines/ncnn/reader.h"
#include "mobilegen/engine.h"

namespace mobilegen {

int missing_layers() {
  const int* number = thread_number();
  return number ? *number : -1;
}

void count_missing_layer() {
  int* number = thread_number();
  if (number) ++*number;
}

namespace {

const int kMaxNcnnRank = 4;

bool has_shape(const ncnn::Mat& mat, const Tensor& tensor) {
  const Extent e = extent_of(tensor);
  return mat.dims == tensor.runtime_rank && mat.w == e.w && mat.h == e.h && mat.d == e.d &&
         mat.c == e.c && mat.elemsize == sizeof(float) && mat.elempack == 1;
}

void copy_out(const ncnn::Mat& mat, void* array) {
  float* values = static_cast<float*>(array);
  const size_t size = channel_size(mat);
  for (int q = 0; q < mat.c; q++) {
    memcpy(values + size * q, (const float*)mat.data + mat.cstep * q, size * sizeof(float));
  }
}

void set_options(ncnn::Net& net, int threads) {
  // fp16 is a way to store weights in the file; computing stays in fp32, as it was verified.
  net.opt.use_fp16_packed = false;
  net.opt.use_fp16_storage = false;
  net.opt.use_fp16_arithmetic = false;
  net.opt.use_bf16_storage = false;
  net.opt.lightmode = true;
  net.opt.num_threads = threads;
}

int check_blobs(const ncnn::Net& net, const Tensor* tensors, int count) {
  const std::vector<ncnn::Blob>& blobs = net.blobs();
  for (int i = 0; i < count; i++) {
    bool found = false;
    for (size_t b = 0; b < blobs.size() && !found; b++) found = blobs[b].name == tensors[i].blob;
    if (!found || tensors[i].runtime_rank < 1 || tensors[i].runtime_rank > kMaxNcnnRank) {
      return fail(MOBILEGEN_ERROR_MODEL, "the graph has no usable blob %s", tensors[i].blob);
    }
  }
  return MOBILEGEN_OK;
}

int check_layers(int before, int code) {
  if (before >= 0 && missing_layers() == before) return MOBILEGEN_OK;
  return fail(code, "the library lacks a layer of its graph; build it again");
}

int load(ncnn::Net& net, const Model& model, const File& params, const File& weights) {
  const int missing = missing_layers();
  if (net.load_param(Reader(params)) != 0) {
    return fail(MOBILEGEN_ERROR_MODEL, "ncnn cannot read the graph");
  }
  int status = check_blobs(net, model.inputs, model.input_count);
  if (status == MOBILEGEN_OK) status = check_blobs(net, model.outputs, model.output_count);
  if (status != MOBILEGEN_OK) return status;
  Reader reader(weights);
  if (net.load_model(reader) != 0) {
    return fail(MOBILEGEN_ERROR_MODEL, "the weights do not fit the graph, or memory ran out");
  }
  if (reader.left() != 0) {
    return fail(MOBILEGEN_ERROR_MODEL, "%lu bytes of the weights belong to no layer",
                static_cast<unsigned long>(reader.left()));
  }
  return check_layers(missing, MOBILEGEN_ERROR_MODEL);
}

int get_outputs(ncnn::Extractor& extractor, const Model& model, void* const* outputs) {
  for (int i = 0; i < model.output_count; i++) {
    const Tensor& tensor = model.outputs[i];
    ncnn::Mat mat;
    const int status = extractor.extract(tensor.blob, mat);
    if (status != 0) {
      return fail(MOBILEGEN_ERROR_RUN, "ncnn could not compute output %s (%d)", tensor.name,
                  status);
    }
    if (!has_shape(mat, tensor)) {
      return fail(MOBILEGEN_ERROR_RUN, "output %s has another shape (%d: %d x %d x %d x %d)",
                  tensor.name, mat.dims, mat.c, mat.d, mat.h, mat.w);
    }
    copy_out(mat, outputs[i]);
  }
  return MOBILEGEN_OK;
}

}  // namespace

// The files are the params, then the weights.
int runtime_open(const Model& model, const File* files, int threads, Runtime** result) {
  Runtime* runtime = new Runtime;
  set_options(runtime->net, threads);
  const int status = load(runtime->net, model, files[0], files[1]);
  if (status == MOBILEGEN_OK) {
    *result = runtime;
  } else {
    delete runtime;
  }
  return status;
}

int runtime_run(Runtime* runtime, const Model& model, const void* const* inputs,
                void* const* outputs) {
  const int missing = missing_layers();
  ncnn::Extractor extractor = runtime->net.create_extractor();
  int status = set_inputs(extractor, model, inputs);
  if (status == MOBILEGEN_OK) status = get_outputs(extractor, model, outputs);
  return status == MOBILEGEN_OK ? check_layers(missing, MOBILEGEN_ERROR_RUN) : status;
}

void runtime_close(Runtime* runtime) { delete runtime; }

}  // namespace mobilegen
