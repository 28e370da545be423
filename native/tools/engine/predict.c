/* predict PARAMS WEIGHTS THREADS INPUT… OUTPUT…
 *
 * Computes all outputs from all inputs. Every INPUT and OUTPUT is a file of raw 32-bit floats, in
 * the order of the model. "-" for both PARAMS and WEIGHTS takes the model inside of the library.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arrays.h"

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
  read_inputs(&a, argv + 4);
  require(mobilegen_predict(engine, (const float* const*)a.inputs, a.outputs), "predicting");
  write_outputs(&a, argv + 4 + a.input_count);
  free_arrays(&a);
  mobilegen_close(engine);
  return 0;
}
