// Adapter of core/runtime.h to the toy runtime, written with the C++ library.
#include <memory>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/runtime.h"
#include "mobilegen/engine.h"
#include "toy.h"

namespace mobilegen {

struct Runtime {
  std::unique_ptr<toy_model, void (*)(toy_model*)> model;
  std::string name;
};

int runtime_open(const Model& model, const File* files, int threads, Runtime** runtime) {
  std::vector<char> said(200);
  toy_model* opened = toy_open(files[0].data, files[0].size, threads, said.data(), said.size());
  if (!opened) return fail(MOBILEGEN_ERROR_MODEL, "the toy cannot open it: %s", said.data());
  const std::string name = std::string(model.inputs[0].blob) + " to " + model.outputs[0].blob;
  *runtime = new Runtime{{opened, toy_close}, name};
  return MOBILEGEN_OK;
}

int runtime_run(Runtime* runtime, const Model&, const void* const* inputs, void* const* outputs) {
  const int64_t* x = static_cast<const int64_t*>(inputs[0]);
  if (toy_run(runtime->model.get(), x, static_cast<uint8_t*>(outputs[0]))) {
    return fail(MOBILEGEN_ERROR_RUN, "the toy cannot compute %s", runtime->name.c_str());
  }
  return MOBILEGEN_OK;
}

void runtime_close(Runtime* runtime) { delete runtime; }

}  // namespace mobilegen
