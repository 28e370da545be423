// Opens engines: from where the files come, and that they are this library's.
#include <stdlib.h>
#include <string.h>

#include "core/digest.h"
#include "core/engine.h"
#include "core/error.h"

namespace mobilegen {
namespace {

// Both are checked before the runtime sees a byte: it trusts what it parses, and the library has
// only the layers of its own graph.
int check_file(const ModelFile& expected, const File& file, const char* name) {
  if (file.data == expected.embedded) return MOBILEGEN_OK;
  if (file.size != expected.size) {
    return fail(MOBILEGEN_ERROR_MODEL,
                "%s has %lu bytes instead of %lu: it is damaged or not of the model that this "
                "library was built for",
                name, static_cast<unsigned long>(file.size),
                static_cast<unsigned long>(expected.size));
  }
  unsigned char seen[kDigestSize];
  digest(file.data, file.size, seen);
  if (memcmp(seen, expected.digest, kDigestSize) == 0) return MOBILEGEN_OK;
  return fail(MOBILEGEN_ERROR_MODEL,
              "%s is damaged or not of the model that this library was built for", name);
}

int check_files(const Model& model, const Files& files) {
  const int status = check_file(model.params, files.params, files.params_name);
  if (status != MOBILEGEN_OK) return status;
  return check_file(model.weights, files.weights, files.weights_name);
}

int check(int threads, mobilegen_engine** result) {
  if (!result) return fail(MOBILEGEN_ERROR_ARGUMENT, "engine is NULL");
  *result = 0;
  return check_threads(threads);
}

void close_files(Files* files) {
  file_close(&files->weights);
  file_close(&files->params);
}

// Takes the files over, also when it fails.
int start(Files files, int threads, mobilegen_engine** result) {
  int status = check_files(kModel, files);
  mobilegen_engine* engine = 0;
  if (status == MOBILEGEN_OK) {
    engine = static_cast<mobilegen_engine*>(calloc(1, sizeof(mobilegen_engine)));
    if (!engine) status = fail(MOBILEGEN_ERROR_MEMORY, "no memory for an engine");
  }
  if (status == MOBILEGEN_OK) {
    status = runtime_open(kModel, files.params, files.weights, threads, &engine->runtime);
  }
  if (status != MOBILEGEN_OK) {
    free(engine);
    close_files(&files);
    return status;
  }
  engine->model = &kModel;
  engine->files = files;
  engine->threads = threads;
  pthread_mutex_init(&engine->lock, 0);
  pthread_mutex_init(&engine->notes, 0);
  *result = engine;
  return MOBILEGEN_OK;
}

}  // namespace

int open_paths(const char* params, const char* weights, int threads, mobilegen_engine** engine) {
  int status = check(threads, engine);
  if (status != MOBILEGEN_OK) return status;
  if (!params || !weights) return fail(MOBILEGEN_ERROR_ARGUMENT, "a path is NULL");
  Files files = {{}, {}, params, weights};
  status = file_open(params, &files.params);
  // The small file first: a foreign model is refused without touching its weights.
  if (status == MOBILEGEN_OK) status = check_file(kModel.params, files.params, params);
  if (status == MOBILEGEN_OK) status = file_open(weights, &files.weights);
  if (status == MOBILEGEN_OK) return start(files, threads, engine);
  close_files(&files);
  return status;
}

int open_parts(int params, int64_t params_offset, int64_t params_length, int weights,
               int64_t weights_offset, int64_t weights_length, int threads,
               mobilegen_engine** engine) {
  int status = check(threads, engine);
  if (status != MOBILEGEN_OK) return status;
  Files files = {{}, {}, "the params", "the weights"};
  status = file_open_part(params, params_offset, params_length, files.params_name, &files.params);
  if (status == MOBILEGEN_OK) {
    status = file_open_part(weights, weights_offset, weights_length, files.weights_name,
                            &files.weights);
  }
  if (status == MOBILEGEN_OK) return start(files, threads, engine);
  close_files(&files);
  return status;
}

int open_memory(const void* params, size_t params_size, const void* weights, size_t weights_size,
                int threads, mobilegen_engine** engine) {
  int status = check(threads, engine);
  if (status != MOBILEGEN_OK) return status;
  Files files = {{}, {}, "the params", "the weights"};
  status = file_borrow(params, params_size, files.params_name, &files.params);
  if (status == MOBILEGEN_OK) {
    status = file_borrow(weights, weights_size, files.weights_name, &files.weights);
  }
  if (status == MOBILEGEN_OK) return start(files, threads, engine);
  close_files(&files);
  return status;
}

int open_embedded(int threads, mobilegen_engine** engine) {
  int status = check(threads, engine);
  if (status != MOBILEGEN_OK) return status;
  if (!kModel.weights.embedded) {
    return fail(MOBILEGEN_ERROR_ARGUMENT, "the model is not compiled into this library");
  }
  status = open_memory(kModel.params.embedded, kModel.params.size, kModel.weights.embedded,
                       kModel.weights.size, threads, engine);
  if (status == MOBILEGEN_OK && kModel.label_count) (*engine)->labels = kModel.labels;
  return status;
}

}  // namespace mobilegen

using namespace mobilegen;

extern "C" {

int mobilegen_open(const char* params_path, const char* weights_path, mobilegen_engine** engine) {
  return open_paths(params_path, weights_path, 1, engine);
}

int mobilegen_open_memory(const void* params, size_t params_size, const void* weights,
                          size_t weights_size, mobilegen_engine** engine) {
  return open_memory(params, params_size, weights, weights_size, 1, engine);
}

int mobilegen_open_descriptor(int params, int64_t params_offset, int64_t params_length,
                              int weights, int64_t weights_offset, int64_t weights_length,
                              mobilegen_engine** engine) {
  return open_parts(params, params_offset, params_length, weights, weights_offset, weights_length,
                    1, engine);
}

int mobilegen_open_embedded(mobilegen_engine** engine) { return open_embedded(1, engine); }

void mobilegen_close(mobilegen_engine* engine) {
  if (!engine) return;
  runtime_close(engine->runtime);
  close_files(&engine->files);
  pthread_mutex_destroy(&engine->notes);
  pthread_mutex_destroy(&engine->lock);
  free(engine->arrays);
  if (engine->labels_owned) free(const_cast<char*>(engine->labels));
  free(engine);
}

}  // extern "C"
