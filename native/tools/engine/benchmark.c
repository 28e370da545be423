/* benchmark FILE... THREADS ROUNDS [INPUT... OUTPUT...]
 *
 * Times a model and each of its layers: whole predictions and predictions layer by layer take
 * turns, ROUNDS times after a warm-up of up to three. Prints one line of JSON; times are in
 * milliseconds, layers and shapes in the order of the runtime's file. FILE, INPUT and OUTPUT are as
 * for `predict`; without them the inputs are zeros.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "arrays.h"
#include "layers.h"

/* A camera's photograph: what preprocessing is timed with. */
enum { MAX_ROUNDS = 10000, MOST_WARM_UPS = 3, IMAGE_WIDTH = 1280, IMAGE_HEIGHT = 720 };

typedef struct {
  double open;
  double* predict;    /* by round */
  double* by_layer;   /* all layers together, by round */
  double* preprocess; /* by round; NULL if the model takes no images */
  double* layers;     /* by layer and round */
  layer_shape* shapes;
  int rounds, threads, layer_count, blob_count;
} measurement;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Few rounds are for those who want the answer, not the times. */
static int warm_ups(const measurement* m) {
  return m->rounds < MOST_WARM_UPS ? m->rounds : MOST_WARM_UPS;
}

static double* numbers(int count) { return allocate((size_t)count, sizeof(double)); }

static mobilegen_engine* open_engine(char** arguments, int threads, double* seconds) {
  const double started = now();
  mobilegen_engine* engine = open_model(arguments, threads);
  *seconds = now() - started;
  return engine;
}

/* The answer is left in the arrays by the last whole prediction. */
static void time_predictions(mobilegen_engine* engine, arrays* a, measurement* m) {
  const void* const* inputs = (const void* const*)a->inputs;
  double* layers = numbers(m->layer_count);
  require(layers_run(engine, inputs, layers, m->shapes), "running the layers");
  for (int round = -warm_ups(m); round < m->rounds; round++) {
    const double started = now();
    require(layers_run(engine, inputs, layers, NULL), "running the layers");
    const double done = now();
    require(mobilegen_predict(engine, inputs, a->outputs), "predicting");
    if (round < 0) continue;
    m->by_layer[round] = done - started;
    m->predict[round] = mobilegen_last_seconds(engine, MOBILEGEN_SECONDS_PREDICT);
    for (int i = 0; i < m->layer_count; i++) m->layers[i * m->rounds + round] = layers[i];
  }
  free(layers);
}

static void time_preprocessing(const arrays* a, measurement* m) {
  const size_t size = 3u * IMAGE_WIDTH * IMAGE_HEIGHT;
  unsigned char* pixels = allocate(size, 1);
  for (size_t i = 0; i < size; i++) pixels[i] = (unsigned char)(i * 2654435761u >> 24);
  mobilegen_image image = {MOBILEGEN_RGB, IMAGE_WIDTH, IMAGE_HEIGHT, 0, 0, {{0}}};
  image.planes[0].data = pixels;
  image.planes[0].size = size;
  image.planes[0].row_stride = 3 * IMAGE_WIDTH;
  float* input = allocate(a->input_sizes[0], 1);
  double* seconds = numbers(m->rounds);
  int status = 0;
  for (int round = -warm_ups(m); status >= 0 && round < m->rounds; round++) {
    const double started = now();
    status = mobilegen_preprocess(&image, input);
    if (round >= 0) seconds[round] = now() - started;
  }
  if (status >= 0) m->preprocess = seconds;
  if (status < 0) free(seconds);
  free(input);
  free(pixels);
}

static int compare(const void* a, const void* b) {
  const double x = *(const double*)a, y = *(const double*)b;
  return x < y ? -1 : x > y;
}

static void print_times(double* seconds, int rounds) {
  qsort(seconds, (size_t)rounds, sizeof(double), compare);
  printf("{\"min\": %.6f, \"median\": %.6f, \"max\": %.6f}", seconds[0] * 1e3,
         seconds[rounds / 2] * 1e3, seconds[rounds - 1] * 1e3);
}

static void print_shape(const layer_shape* shape) {
  for (int i = 0; i < shape->rank; i++) printf("%s%d", i ? ", " : "[", shape->sizes[i]);
  printf(shape->rank ? "]" : "[]");
}

static void print_measurement(measurement* m) {
  printf("{\"threads\": %d, \"rounds\": %d, \"open\": %.6f, \"predict\": ", m->threads, m->rounds,
         m->open * 1e3);
  print_times(m->predict, m->rounds);
  printf(", \"by_layer\": ");
  print_times(m->by_layer, m->rounds);
  if (m->preprocess) {
    printf(", \"image\": [%d, %d], \"preprocess\": ", IMAGE_WIDTH, IMAGE_HEIGHT);
    print_times(m->preprocess, m->rounds);
  }
  printf(", \"layers\": [");
  for (int i = 0; i < m->layer_count; i++) {
    if (i) printf(", ");
    print_times(m->layers + i * m->rounds, m->rounds);
  }
  printf("], \"shapes\": [");
  for (int i = 0; i < m->blob_count; i++) {
    if (i) printf(", ");
    print_shape(&m->shapes[i]);
  }
  printf("]}\n");
}

static measurement make_measurement(const mobilegen_engine* engine, int threads, int rounds) {
  measurement m = {0};
  m.threads = threads;
  m.rounds = rounds;
  m.layer_count = layers_count(engine);
  m.blob_count = layers_blob_count(engine);
  m.predict = numbers(rounds);
  m.by_layer = numbers(rounds);
  m.layers = numbers(m.layer_count * rounds);
  m.shapes = allocate((size_t)m.blob_count, sizeof(layer_shape));
  return m;
}

int main(int argc, char** argv) {
  const int files = argc > 1 ? model_arguments(argv[1]) : 0;
  char** counts = argv + 1 + files;
  const int rounds = argc >= files + 3 ? atoi(counts[1]) : 0;
  if (rounds < 1 || rounds > MAX_ROUNDS) {
    fprintf(stderr, "benchmark FILE... THREADS ROUNDS (1 to %d) [INPUT... OUTPUT...]\n",
            MAX_ROUNDS);
    return 2;
  }
  const int threads = atoi(counts[0]);
  double opened;
  mobilegen_engine* engine = open_engine(argv + 1, threads, &opened);
  arrays a = make_arrays(engine);
  char** paths = counts + 2;
  const long given = argv + argc - paths;
  if (given && given != a.input_count + a.output_count) {
    fprintf(stderr, "the model has %d inputs and %d outputs\n", a.input_count, a.output_count);
    return 2;
  }
  if (given) read_inputs(&a, paths);
  measurement m = make_measurement(engine, threads, rounds);
  m.open = opened;
  time_predictions(engine, &a, &m);
  time_preprocessing(&a, &m);
  if (given) write_outputs(&a, paths + a.input_count);
  print_measurement(&m);
  mobilegen_close(engine);
  free_arrays(&a);
  return 0;
}
