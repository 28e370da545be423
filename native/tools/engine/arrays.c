#include "arrays.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void require(int status, const char* what) {
  if (status >= 0) return;
  fprintf(stderr, "%s: %s\n", what, mobilegen_last_error());
  exit(1);
}

void* allocate(size_t count, size_t size) {
  void* memory = calloc(count ? count : 1, size);
  if (memory) return memory;
  fprintf(stderr, "no memory\n");
  exit(1);
}

int model_arguments(const char* first) {
  return strcmp(first, "-") == 0 ? 1 : mobilegen_file_count();
}

mobilegen_engine* open_model(char** arguments, int threads) {
  mobilegen_engine* engine = NULL;
  if (strcmp(arguments[0], "-") == 0) {
    require(mobilegen_open_embedded(threads, &engine), "opening");
    return engine;
  }
  const int count = mobilegen_file_count();
  mobilegen_file* files = allocate((size_t)count, sizeof(mobilegen_file));
  for (int i = 0; i < count; i++) files[i].path = arguments[i];
  require(mobilegen_open(files, count, threads, &engine), "opening");
  free(files);
  return engine;
}

static size_t byte_count(const int* shape, int rank, int type) {
  static const size_t sizes[MOBILEGEN_TYPES] = {4, 2, 8, 4, 8, 1, 1};
  size_t count = sizes[type];
  for (int i = 0; i < rank; i++) count *= (size_t)shape[i];
  return count;
}

arrays make_arrays(const mobilegen_engine* engine) {
  arrays a;
  a.input_count = mobilegen_input_count(engine);
  a.output_count = mobilegen_output_count(engine);
  a.inputs = allocate((size_t)a.input_count, sizeof(void*));
  a.outputs = allocate((size_t)a.output_count, sizeof(void*));
  a.input_sizes = allocate((size_t)a.input_count, sizeof(size_t));
  a.output_sizes = allocate((size_t)a.output_count, sizeof(size_t));
  for (int i = 0; i < a.input_count; i++) {
    a.input_sizes[i] =
        byte_count(mobilegen_input_shape(engine, i), mobilegen_input_rank(engine, i),
                   mobilegen_input_type(engine, i));
    a.inputs[i] = allocate(a.input_sizes[i], 1);
  }
  for (int i = 0; i < a.output_count; i++) {
    a.output_sizes[i] =
        byte_count(mobilegen_output_shape(engine, i), mobilegen_output_rank(engine, i),
                   mobilegen_output_type(engine, i));
    a.outputs[i] = allocate(a.output_sizes[i], 1);
  }
  return a;
}

static void read_input(const char* path, void* values, size_t size) {
  FILE* file = fopen(path, "rb");
  const size_t got = file ? fread(values, 1, size, file) : 0;
  const int more = file ? fgetc(file) : EOF;
  if (file) fclose(file);
  if (got == size && more == EOF) return;
  fprintf(stderr, "%s is not a file of %zu bytes\n", path, size);
  exit(1);
}

static void write_output(const char* path, const void* values, size_t size) {
  FILE* file = fopen(path, "wb");
  const int written = file && fwrite(values, 1, size, file) == size;
  if (file && fclose(file) == 0 && written) return;
  fprintf(stderr, "cannot write %s\n", path);
  exit(1);
}

void read_inputs(arrays* a, char** paths) {
  for (int i = 0; i < a->input_count; i++) read_input(paths[i], a->inputs[i], a->input_sizes[i]);
}

void write_outputs(const arrays* a, char** paths) {
  for (int i = 0; i < a->output_count; i++) {
    write_output(paths[i], a->outputs[i], a->output_sizes[i]);
  }
}

void free_arrays(arrays* a) {
  for (int i = 0; i < a->input_count; i++) free(a->inputs[i]);
  for (int i = 0; i < a->output_count; i++) free(a->outputs[i]);
  free(a->inputs);
  free(a->outputs);
  free(a->input_sizes);
  free(a->output_sizes);
}
