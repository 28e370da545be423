/* benchmark PARAMS WEIGHTS THREADS ROUNDS
 *
 * Opens the model, predicts zeros ROUNDS times after one warm-up, and prints JSON: milliseconds to
 * open, and the fastest, the median and the slowest prediction. "-" for both PARAMS and WEIGHTS
 * takes the model inside of the library.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "arrays.h"

enum { MAX_ROUNDS = 100000 };

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int compare(const void* a, const void* b) {
  const double x = *(const double*)a, y = *(const double*)b;
  return x < y ? -1 : x > y;
}

int main(int argc, char** argv) {
  const int rounds = argc == 5 ? atoi(argv[4]) : 0;
  if (rounds < 1 || rounds > MAX_ROUNDS) {
    fprintf(stderr, "benchmark PARAMS WEIGHTS THREADS ROUNDS (1 to %d)\n", MAX_ROUNDS);
    return 2;
  }
  mobilegen_engine* engine = NULL;
  const int embedded = strcmp(argv[1], "-") == 0 && strcmp(argv[2], "-") == 0;
  const double started = now();
  require(embedded ? mobilegen_open_embedded(&engine) : mobilegen_open(argv[1], argv[2], &engine),
          "opening");
  const double opened = now() - started;
  require(mobilegen_set_threads(engine, atoi(argv[3])), "threads");
  arrays a = make_arrays(engine);
  double* seconds = calloc((size_t)rounds, sizeof(double));
  if (!seconds) return 1;
  for (int i = -1; i < rounds; i++) {
    require(mobilegen_predict(engine, (const float* const*)a.inputs, a.outputs), "predicting");
    if (i >= 0) seconds[i] = mobilegen_last_seconds(engine, MOBILEGEN_SECONDS_PREDICT);
  }
  qsort(seconds, (size_t)rounds, sizeof(double), compare);
  printf("{\"threads\": %d, \"rounds\": %d, \"open_ms\": %.3f, \"min_ms\": %.3f, "
         "\"median_ms\": %.3f, \"max_ms\": %.3f}\n",
         atoi(argv[3]), rounds, opened * 1e3, seconds[0] * 1e3, seconds[rounds / 2] * 1e3,
         seconds[rounds - 1] * 1e3);
  free(seconds);
  free_arrays(&a);
  mobilegen_close(engine);
  return 0;
}
