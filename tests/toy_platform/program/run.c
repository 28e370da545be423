/* run FOLDER SAMPLES INPUTS OUTPUTS: asks the model in FOLDER, or the one inside for "".
 *
 * Input i of sample s is in the file in.s.i, output i goes to out.s.i.
 */
#include <stdio.h>
#include <stdlib.h>

#include "mobilegen/engine.h"

static const size_t kBytes[MOBILEGEN_TYPES] = {4, 2, 8, 4, 8, 1, 1};

static void require(int status) {
  if (status < 0) {
    fprintf(stderr, "%s\n", mobilegen_last_error());
    exit(1);
  }
}

static size_t size_of(const int* shape, int rank, int type) {
  size_t size = kBytes[type];
  for (int i = 0; i < rank; i++) size *= (size_t)shape[i];
  return size;
}

static size_t input_size(const mobilegen_engine* model, int i) {
  return size_of(mobilegen_input_shape(model, i), mobilegen_input_rank(model, i),
                 mobilegen_input_type(model, i));
}

static size_t output_size(const mobilegen_engine* model, int i) {
  return size_of(mobilegen_output_shape(model, i), mobilegen_output_rank(model, i),
                 mobilegen_output_type(model, i));
}

static void transfer(const char* kind, int sample, int index, void* data, size_t size) {
  char path[64];
  snprintf(path, sizeof path, "%s.%d.%d", kind, sample, index);
  const int reads = kind[0] == 'i';
  FILE* file = fopen(path, reads ? "rb" : "wb");
  if (!file || (reads ? fread(data, 1, size, file) : fwrite(data, 1, size, file)) != size) exit(2);
  if (fclose(file)) exit(2);
}

int main(int argc, char** argv) {
  mobilegen_engine* model = NULL;
  void *inputs[16], *outputs[16];
  if (argc != 5) return 2;
  require(argv[1][0] ? mobilegen_open_folder(argv[1], 1, &model)
                     : mobilegen_open_embedded(1, &model));
  for (int s = 0; s < atoi(argv[2]); s++) {
    for (int i = 0; i < atoi(argv[3]); i++) {
      const size_t size = input_size(model, i);
      inputs[i] = malloc(size);
      transfer("in", s, i, inputs[i], size);
    }
    for (int i = 0; i < atoi(argv[4]); i++) outputs[i] = malloc(output_size(model, i));
    require(mobilegen_predict(model, (const void* const*)inputs, outputs));
    for (int i = 0; i < atoi(argv[4]); i++) {
      transfer("out", s, i, outputs[i], output_size(model, i));
    }
  }
  mobilegen_close(model);
  return 0;
}
