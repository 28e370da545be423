#include "images.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

enum { GUARD_BYTES = 64, GUARD = 0xa5 };

static const struct elf_image* library;

static struct {
  __typeof__(mobilegen_preprocess)* preprocess;
  __typeof__(mobilegen_classify)* classify;
  __typeof__(mobilegen_last_error)* last_error;
  __typeof__(mobilegen_close)* close;
} engine;

static void* function(const char* name) {
  void* found = elf_find(library, name);
  if (!found) die(EXIT_LIBRARY, "%s does not export %s", library->path, name);
  return found;
}

static void find_functions(void) {
  engine.preprocess = function("mobilegen_preprocess");
  engine.classify = function("mobilegen_classify");
  engine.last_error = function("mobilegen_last_error");
  engine.close = function("mobilegen_close");
}

static void require(int status, int wanted, const char* what) {
  if (status != wanted)
    die(EXIT_RESULT, "%s returned %d: %s", what, status, engine.last_error());
}

static FILE* open_file(const char* kind, int sample, const char* mode) {
  char path[64];
  snprintf(path, sizeof path, "%s.%d", kind, sample);
  FILE* file = fopen(path, mode);
  if (!file) die(EXIT_USAGE, "cannot open %s", path);
  return file;
}

/* The caller frees planes[0].data. */
static mobilegen_image read_image(int sample) {
  int32_t sizes[2];
  FILE* file = open_file("image", sample, "rb");
  if (fread(sizes, sizeof *sizes, 2, file) != 2 || sizes[0] < 1 || sizes[1] < 1)
    die(EXIT_USAGE, "image.%d is damaged", sample);
  size_t bytes = (size_t)3 * (size_t)sizes[0] * (size_t)sizes[1];
  void* pixels = malloc(bytes);
  if (!pixels || fread(pixels, 1, bytes, file) != bytes)
    die(EXIT_USAGE, "image.%d is damaged", sample);
  fclose(file);
  mobilegen_image image = {.format = MOBILEGEN_RGB, .width = sizes[0], .height = sizes[1]};
  image.planes[0] = (mobilegen_plane){.data = pixels, .size = bytes, .row_stride = 3 * sizes[0]};
  return image;
}

static void preprocess(const mobilegen_image* image, int sample, size_t size) {
  size_t bytes = size * sizeof(float);
  unsigned char* input = malloc(bytes + GUARD_BYTES);
  memset(input, GUARD, bytes + GUARD_BYTES);
  require(engine.preprocess(image, (float*)input), MOBILEGEN_OK, "mobilegen_preprocess");
  for (size_t i = bytes; i < bytes + GUARD_BYTES; i++) {
    if (input[i] != GUARD) die(EXIT_RESULT, "mobilegen_preprocess wrote past the end of the input");
  }
  FILE* file = open_file("input", sample, "wb");
  if (fwrite(input, 1, bytes, file) != bytes || fclose(file))
    die(EXIT_USAGE, "cannot write input.%d", sample);
  free(input);
}

static void classify(mobilegen_engine* model, const mobilegen_image* image, int sample) {
  mobilegen_class best = {.index = -1};
  require(engine.classify(model, image, 1, &best), 1, "mobilegen_classify");
  int32_t index = best.index;
  FILE* file = open_file("class", sample, "wb");
  if (fwrite(&index, sizeof index, 1, file) != 1 ||
      fwrite(&best.probability, sizeof best.probability, 1, file) != 1 || fclose(file))
    die(EXIT_USAGE, "cannot write class.%d", sample);
}

void run_images(const struct elf_image* loaded, char** arguments) {
  library = loaded;
  find_functions();
  size_t size = strtoul(arguments[0], 0, 10);
  int classes = atoi(arguments[1]);
  mobilegen_engine* model = 0;
  char** rest = open_model(library, arguments + 2, 1, &model);
  for (; *rest; rest++) {
    int sample = atoi(*rest);
    mobilegen_image image = read_image(sample);
    preprocess(&image, sample, size);
    if (classes) classify(model, &image, sample);
    free((void*)image.planes[0].data);
  }
  engine.close(model);
}
