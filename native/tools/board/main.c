/* board LIBRARY THREADS SAMPLES FILES [FILE...] INPUTS OUTPUTS BYTES... INPUT CLASSIFY [IMAGE...]
 *
 * Loads a library with the system's own loader, as programs on a board do, and runs its model.
 *
 * FILES: how many FILE follow; 0 takes the model inside of the library.
 * INPUTS, OUTPUTS: how many the model has; BYTES: the size of each output.
 * INPUT: bytes of the first input, for images. CLASSIFY: 1 also names the best class of each image.
 * IMAGE: number of an image.
 *
 * Input i of sample s is in the file in.s.i, output i goes to out.s.i. Image n is in image.n: width
 * and height as 32-bit numbers, then red, green and blue; what the library makes of it goes to
 * input.n, and index and probability of the best class to class.n. Times go to report.txt.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mobilegen/engine.h"

enum { MOST_TENSORS = 64, MOST_FILES = 8, GUARD_BYTES = 64, GUARD = 0xa5 };
enum { EXIT_USAGE = 2, EXIT_LIBRARY = 3, EXIT_RESULT = 4 };

#define FUNCTIONS(F)                                                                         \
  F(open) F(open_embedded) F(file_count) F(predict) F(preprocess) F(classify) F(last_error) \
  F(input_count) F(output_count) F(close)

static struct {
#define DECLARE(name) __typeof__(mobilegen_##name)* name;
  FUNCTIONS(DECLARE)
} engine;

static struct {
  int threads, samples, inputs, outputs, files, is_classifier;
  size_t output_bytes[MOST_TENSORS], input_bytes;
  mobilegen_file file[MOST_FILES];
} job;

static void die(int status, const char* what, const char* detail) {
  fprintf(stderr, "board: %s: %s\n", what, detail);
  exit(status);
}

static void require(int status, const char* what) {
  if (status < 0) die(EXIT_RESULT, what, engine.last_error());
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void* function(void* library, const char* name) {
  void* found = dlsym(library, name);
  if (!found) die(EXIT_LIBRARY, "the library lacks a function", name);
  return found;
}

static void load(const char* path) {
  void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) die(EXIT_LIBRARY, "cannot load the library", dlerror());
#define FIND(name) engine.name = function(library, "mobilegen_" #name);
  FUNCTIONS(FIND)
}

static FILE* open_file(const char* kind, int sample, int index, const char* mode) {
  char path[64];
  snprintf(path, sizeof path, index < 0 ? "%s.%d" : "%s.%d.%d", kind, sample, index);
  FILE* file = fopen(path, mode);
  if (!file) die(EXIT_USAGE, "cannot open", path);
  return file;
}

static void* allocate(size_t size) {
  void* memory = malloc(size ? size : 1);
  if (!memory) die(EXIT_USAGE, "no memory", "");
  return memory;
}

static void* read_input(int sample, int index) {
  FILE* file = open_file("in", sample, index, "rb");
  fseek(file, 0, SEEK_END);
  const size_t size = (size_t)ftell(file);
  rewind(file);
  void* array = allocate(size);
  if (fread(array, 1, size, file) != size) die(EXIT_USAGE, "cannot read", "an input");
  fclose(file);
  return array;
}

static void* guarded(size_t size) {
  unsigned char* array = allocate(size + GUARD_BYTES);
  memset(array, GUARD, size + GUARD_BYTES);
  return array;
}

static void write_guarded(const char* kind, int sample, int index, void* array, size_t size) {
  for (size_t i = size; i < size + GUARD_BYTES; i++) {
    if (((unsigned char*)array)[i] != GUARD) die(EXIT_RESULT, "written past the end of", kind);
  }
  FILE* file = open_file(kind, sample, index, "wb");
  if (fwrite(array, 1, size, file) != size || fclose(file)) die(EXIT_USAGE, "cannot write", kind);
  free(array);
}

static double predict(mobilegen_engine* model, int sample) {
  void* inputs[MOST_TENSORS];
  void* outputs[MOST_TENSORS];
  for (int i = 0; i < job.inputs; i++) inputs[i] = read_input(sample, i);
  for (int i = 0; i < job.outputs; i++) outputs[i] = guarded(job.output_bytes[i]);
  const double started = now();
  require(engine.predict(model, (const void* const*)inputs, outputs), "mobilegen_predict");
  const double seconds = now() - started;
  for (int i = 0; i < job.inputs; i++) free(inputs[i]);
  for (int i = 0; i < job.outputs; i++) {
    write_guarded("out", sample, i, outputs[i], job.output_bytes[i]);
  }
  return seconds;
}

/* The caller frees planes[0].data. */
static mobilegen_image read_image(int number) {
  int32_t sizes[2];
  FILE* file = open_file("image", number, -1, "rb");
  if (fread(sizes, sizeof *sizes, 2, file) != 2 || sizes[0] < 1 || sizes[1] < 1)
    die(EXIT_USAGE, "damaged", "an image");
  const size_t bytes = (size_t)3 * (size_t)sizes[0] * (size_t)sizes[1];
  void* pixels = allocate(bytes);
  if (fread(pixels, 1, bytes, file) != bytes) die(EXIT_USAGE, "damaged", "an image");
  fclose(file);
  mobilegen_image image = {.format = MOBILEGEN_RGB, .width = sizes[0], .height = sizes[1]};
  image.planes[0] = (mobilegen_plane){.data = pixels, .size = bytes, .row_stride = 3 * sizes[0]};
  return image;
}

static void classify(mobilegen_engine* model, const mobilegen_image* image, int number) {
  mobilegen_class best = {.index = -1};
  require(engine.classify(model, image, 1, &best), "mobilegen_classify");
  const int32_t index = best.index;
  FILE* file = open_file("class", number, -1, "wb");
  if (fwrite(&index, sizeof index, 1, file) != 1 ||
      fwrite(&best.probability, sizeof best.probability, 1, file) != 1 || fclose(file))
    die(EXIT_USAGE, "cannot write", "a class");
}

static void take_image(mobilegen_engine* model, int number) {
  mobilegen_image image = read_image(number);
  void* input = guarded(job.input_bytes);
  require(engine.preprocess(&image, input), "mobilegen_preprocess");
  write_guarded("input", number, -1, input, job.input_bytes);
  if (job.is_classifier) classify(model, &image, number);
  free((void*)image.planes[0].data);
}

static const char* next(char*** arguments) {
  if (!**arguments) die(EXIT_USAGE, "usage", "too few arguments");
  return *(*arguments)++;
}

static int number(char*** arguments, int most) {
  const int value = atoi(next(arguments));
  if (value < 0 || value > most) die(EXIT_USAGE, "usage", "a number is out of range");
  return value;
}

static void read_job(char*** arguments) {
  job.threads = number(arguments, MOBILEGEN_MAX_THREADS);
  job.samples = number(arguments, INT32_MAX);
  job.files = number(arguments, MOST_FILES);
  for (int i = 0; i < job.files; i++) {
    job.file[i] = (mobilegen_file){.path = next(arguments), .descriptor = -1};
  }
  job.inputs = number(arguments, MOST_TENSORS);
  job.outputs = number(arguments, MOST_TENSORS);
  for (int i = 0; i < job.outputs; i++) job.output_bytes[i] = strtoul(next(arguments), 0, 10);
  job.input_bytes = strtoul(next(arguments), 0, 10);
  job.is_classifier = number(arguments, 1);
}

static mobilegen_engine* open_model(void) {
  mobilegen_engine* model = 0;
  const int status = job.files ? engine.open(job.file, job.files, job.threads, &model)
                               : engine.open_embedded(job.threads, &model);
  require(status, "opening the model");
  if (job.files && engine.file_count() != job.files)
    die(EXIT_RESULT, "the library", "counts other files");
  if (engine.input_count(model) != job.inputs || engine.output_count(model) != job.outputs)
    die(EXIT_RESULT, "the library", "has other inputs or outputs than the model");
  return model;
}

int main(int count, char** arguments) {
  if (count < 9) die(EXIT_USAGE, "usage", "too few arguments");
  arguments++;
  load(next(&arguments));
  read_job(&arguments);
  FILE* report = fopen("report.txt", "w");
  if (!report) die(EXIT_USAGE, "cannot write", "report.txt");
  const double started = now();
  mobilegen_engine* model = open_model();
  fprintf(report, "load_seconds %.9f\n", now() - started);
  for (int sample = 0; sample < job.samples; sample++) {
    fprintf(report, "predict_seconds %.9f\n", predict(model, sample));
  }
  while (*arguments) take_image(model, number(&arguments, INT32_MAX));
  engine.close(model);
  return fclose(report) ? EXIT_USAGE : 0;
}
