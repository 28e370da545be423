/* predict FILE... THREADS INPUT... OUTPUT...
 *
 * Computes all outputs from all inputs. The model has one FILE or more; a single "-" takes the one
 * inside of the library. Every INPUT and OUTPUT is a file of raw elements of its tensor's type, in
 * the order of the model.
 */
#include <stdio.h>
#include <stdlib.h>

#include "arrays.h"

int main(int argc, char** argv) {
  const int files = argc > 1 ? model_arguments(argv[1]) : 0;
  if (argc < files + 3) {
    fprintf(stderr, "predict FILE... THREADS INPUT... OUTPUT...\n");
    return 2;
  }
  char** paths = argv + 1 + files + 1;
  mobilegen_engine* engine = open_model(argv + 1, atoi(argv[1 + files]));
  arrays a = make_arrays(engine);
  if (argv + argc != paths + a.input_count + a.output_count) {
    fprintf(stderr, "the model has %d inputs and %d outputs\n", a.input_count, a.output_count);
    return 2;
  }
  read_inputs(&a, paths);
  require(mobilegen_predict(engine, (const void* const*)a.inputs, a.outputs), "predicting");
  write_outputs(&a, paths + a.input_count);
  free_arrays(&a);
  mobilegen_close(engine);
  return 0;
}
