/* predict PARAMS WEIGHTS THREADS INPUT… OUTPUT…
 *
 * Computes all outputs from all inputs. Every INPUT and OUTPUT is a file of raw 32-bit floats, in
 * the order of the model. "-" for both PARAMS and WEIGHTS takes the model inside of the library.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arrays.h"

static void read_input(const char* path, float* values, size_t count) {
  FILE* file = fopen(path, "rb");
  const size_t got = file ? fread(values, sizeof(float), count, file) : 0;
  const int more = file ? fgetc(file) : EOF;
  if (file) fclose(file);
  if (got == count && more == EOF) return;
  fprintf(stderr, "%s is not a file of %zu floats\n", path, count);
  exit(1);
}

static void write_output(const char* path, const float* values, size_t count) {
  FILE* file = fopen(path, "wb");
  const int written = file && fwrite(values, sizeof(float), count, file) == count;
  if (file && fclose(file) == 0 && written) return;
  fprintf(stderr, "cannot write %s\n", path);
  exit(1);
}

int main(int argc, char** argv) {
  if (argc < 4) {
    fprintf(stderr, "predict PARAMS WEIGHTS THREADS INPUT... OUTPUT...\n");
    return 2;
  }
  mobilegen_engine* engine = NULL;
  const int embedded = strcmp(argv[1], "-") == 0 && strcmp(argv[2], "-") == 0;
  require(embedded ? mobilegen_open_embedded(&engine) : mobilegen_open(argv[1], argv[2], &engine),
          "opening");
  require(mobilegen_set_threads(engine, atoi(argv[3])), "threads");
  arrays a = make_arrays(engine);
  if (argc != 4 + a.input_count + a.output_count) {
    fprintf(stderr, "the model has %d inputs and %d outputs\n", a.input_count, a.output_count);
    return 2;
  }
  char** files = argv + 4;
  for (int i = 0; i < a.input_count; i++) read_input(*files++, a.inputs[i], a.input_sizes[i]);
  require(mobilegen_predict(engine, (const float* const*)a.inputs, a.outputs), "predicting");
  for (int i = 0; i < a.output_count; i++) write_output(*files++, a.outputs[i], a.output_sizes[i]);
  free_arrays(&a);
  mobilegen_close(engine);
  return 0;
}
