// Names of the classes, given when the model is open: a new name needs no new library.
#include <stdlib.h>
#include <string.h>

#include "core/engine.h"
#include "core/error.h"

namespace mobilegen {
namespace {

// Ends every line by a zero and returns their number. The last one needs no line feed; a carriage
// return before a line feed goes.
int split_lines(char* text, size_t size) {
  int count = 0;
  char* to = text;
  for (size_t i = 0; i < size; i++) {
    if (text[i] == '\r' && (i + 1 == size || text[i + 1] == '\n')) continue;
    const bool ended = text[i] == '\n';
    *to++ = ended ? '\0' : text[i];
    if (ended || i + 1 == size) count++;
  }
  *to = '\0';
  return count;
}

int check_lines(const char* text, size_t size, const Model& model, char* lines) {
  if (memchr(text, 0, size)) return fail(MOBILEGEN_ERROR_ARGUMENT, "the labels are not text");
  memcpy(lines, text, size);
  const int count = split_lines(lines, size);
  const size_t classes = element_count(model.outputs[0]);
  if (static_cast<size_t>(count) == classes) return MOBILEGEN_OK;
  return fail(MOBILEGEN_ERROR_ARGUMENT, "there are %d labels for %lu classes", count,
              static_cast<unsigned long>(classes));
}

// Takes `lines` over if it succeeds.
int put(mobilegen_engine* engine, char* lines) {
  Lock lock(&engine->notes);
  if (engine->labels) return fail(MOBILEGEN_ERROR_ARGUMENT, "the model has its labels already");
  engine->labels = lines;
  engine->labels_owned = true;
  return MOBILEGEN_OK;
}

}  // namespace
}  // namespace mobilegen

using namespace mobilegen;

extern "C" {

int mobilegen_set_labels(mobilegen_engine* engine, const char* text, size_t size) {
  if (!engine || !text) return fail(MOBILEGEN_ERROR_ARGUMENT, "engine or text is NULL");
  char* lines = size < SIZE_MAX ? static_cast<char*>(malloc(size + 1)) : 0;
  if (!lines) return fail(MOBILEGEN_ERROR_MEMORY, "no memory for the labels");
  int status = check_lines(text, size, *engine->model, lines);
  if (status == MOBILEGEN_OK) status = put(engine, lines);
  if (status != MOBILEGEN_OK) free(lines);
  return status;
}

int mobilegen_load_labels(mobilegen_engine* engine, const char* path) {
  if (!engine || !path) return fail(MOBILEGEN_ERROR_ARGUMENT, "engine or path is NULL");
  File file;
  int status = file_open(path, &file);
  if (status != MOBILEGEN_OK) return status;
  status = mobilegen_set_labels(engine, reinterpret_cast<const char*>(file.data), file.size);
  file_close(&file);
  return status;
}

const char* mobilegen_label(mobilegen_engine* engine, int i) {
  if (!engine || i < 0 || static_cast<size_t>(i) >= element_count(engine->model->outputs[0])) {
    return 0;
  }
  const char* label;
  {
    Lock lock(&engine->notes);
    label = engine->labels;
  }
  for (; label && i > 0; i--) label += strlen(label) + 1;
  return label;
}

}  // extern "C"
