// Opens engines: from where the files come, and that they are this library's.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/digest.h"
#include "core/engine.h"
#include "core/error.h"

namespace mobilegen {
namespace {

const size_t kMaxPath = 4096;

// Where the files are: given one by one, or in a folder.
struct Place {
  const mobilegen_file* files;
  const char* folder;
};

// Every file is checked before the runtime sees a byte: it trusts what it parses, and the library
// has only the layers of its own graph.
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

int open_file(const mobilegen_file& given, const char* name, File* file) {
  if (given.path) return file_open(given.path, file);
  if (given.data || given.size) return file_borrow(given.data, given.size, name, file);
  return file_open_part(given.descriptor, given.offset, given.length, name, file);
}

int open_in(const char* folder, const ModelFile& expected, File* file) {
  char path[kMaxPath];
  const int length = snprintf(path, kMaxPath, "%s/%s", folder, expected.name);
  if (length < 0 || static_cast<size_t>(length) >= kMaxPath) {
    return fail(MOBILEGEN_ERROR_ARGUMENT, "folder is too long");
  }
  const int status = file_open(path, file);
  return status == MOBILEGEN_OK ? check_file(expected, *file, path) : status;
}

int open_and_check(const Place& place, int i, File* file) {
  const ModelFile& expected = kModel.files[i];
  if (place.folder) return open_in(place.folder, expected, file);
  const mobilegen_file& given = place.files[i];
  const int status = open_file(given, expected.name, file);
  if (status != MOBILEGEN_OK) return status;
  return check_file(expected, *file, given.path ? given.path : expected.name);
}

void close_files(File* files) {
  for (int i = kModel.file_count - 1; i >= 0; i--) file_close(&files[i]);
}

// One after the other, the small ones first: a foreign model is refused without touching its
// weights. After a failure the engine's files need close_files.
int load(const Place& place, int threads, mobilegen_engine* engine) {
  int status = MOBILEGEN_OK;
  for (int i = 0; status == MOBILEGEN_OK && i < kModel.file_count; i++) {
    status = open_and_check(place, i, &engine->files[i]);
  }
  if (status != MOBILEGEN_OK) return status;
  return runtime_open(kModel, engine->files, threads, &engine->runtime);
}

int open(const Place& place, int threads, mobilegen_engine** result) {
  const int status = check_threads(threads);
  if (status != MOBILEGEN_OK) return status;
  mobilegen_engine* engine = static_cast<mobilegen_engine*>(calloc(1, sizeof(mobilegen_engine)));
  if (!engine) return fail(MOBILEGEN_ERROR_MEMORY, "no memory for an engine");
  const int loaded = load(place, threads, engine);
  if (loaded != MOBILEGEN_OK) {
    close_files(engine->files);
    free(engine);
    return loaded;
  }
  engine->model = &kModel;
  engine->threads = threads;
  pthread_mutex_init(&engine->lock, 0);
  pthread_mutex_init(&engine->notes, 0);
  *result = engine;
  return MOBILEGEN_OK;
}

int clear(mobilegen_engine** result) {
  if (!result) return fail(MOBILEGEN_ERROR_ARGUMENT, "engine is NULL");
  *result = 0;
  return MOBILEGEN_OK;
}

}  // namespace
}  // namespace mobilegen

using namespace mobilegen;

extern "C" {

int mobilegen_file_count(void) { return kModel.file_count; }

const char* mobilegen_file_name(int i) {
  return i >= 0 && i < kModel.file_count ? kModel.files[i].name : 0;
}

int mobilegen_open(const mobilegen_file* files, int count, int threads,
                   mobilegen_engine** engine) {
  if (clear(engine) != MOBILEGEN_OK) return MOBILEGEN_ERROR_ARGUMENT;
  if (!files || count != kModel.file_count) {
    return fail(MOBILEGEN_ERROR_ARGUMENT, "%d files are given; the model has %d",
                files ? count : 0, kModel.file_count);
  }
  const Place place = {files, 0};
  return mobilegen::open(place, threads, engine);
}

int mobilegen_open_folder(const char* folder, int threads, mobilegen_engine** engine) {
  if (clear(engine) != MOBILEGEN_OK) return MOBILEGEN_ERROR_ARGUMENT;
  if (!folder) return fail(MOBILEGEN_ERROR_ARGUMENT, "folder is NULL");
  const Place place = {0, folder};
  return mobilegen::open(place, threads, engine);
}

int mobilegen_open_embedded(int threads, mobilegen_engine** engine) {
  if (clear(engine) != MOBILEGEN_OK) return MOBILEGEN_ERROR_ARGUMENT;
  if (!kModel.files[0].embedded) {
    return fail(MOBILEGEN_ERROR_ARGUMENT, "the model is not compiled into this library");
  }
  mobilegen_file files[kMaxFiles];
  memset(files, 0, sizeof(files));
  for (int i = 0; i < kModel.file_count; i++) {
    files[i].data = kModel.files[i].embedded;
    files[i].size = kModel.files[i].size;
  }
  const int status = mobilegen_open(files, kModel.file_count, threads, engine);
  if (status == MOBILEGEN_OK && kModel.label_count) (*engine)->labels = kModel.labels;
  return status;
}

void mobilegen_close(mobilegen_engine* engine) {
  if (!engine) return;
  runtime_close(engine->runtime);
  close_files(engine->files);
  pthread_mutex_destroy(&engine->notes);
  pthread_mutex_destroy(&engine->lock);
  free(engine->arrays);
  free(engine->scratch);
  if (engine->labels_owned) free(const_cast<char*>(engine->labels));
  free(engine);
}

}  // extern "C"
