/* Uses the C library of static programs, through what elfrun offers to Android libraries. */
#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "elf_image.h"
#include "imports.h"

enum { THREADS = 4, ROUNDS = 20000 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local long own;
static long sum;

void die(int code, const char* format, ...) {
  va_list values;
  va_start(values, format);
  vfprintf(stderr, format, values);
  exit(code);
}

static void* work(void* argument) {
  for (int i = 0; i < ROUNDS; i++) {
    char* text = malloc((size_t)(i % 100 + 20));
    snprintf(text, 20, "%d", i);
    own += atol(text);
    free(text);
    pthread_mutex_lock(&lock);
    sum += (long)(size_t)argument;
    pthread_mutex_unlock(&lock);
  }
  return (void*)own;
}

static void run_threads(void) {
  pthread_t threads[THREADS];
  long all = 0;
  void* one;
  for (size_t i = 0; i < THREADS; i++) {
    if (pthread_create(threads + i, 0, work, (void*)(i + 1))) die(1, "no thread");
  }
  for (size_t i = 0; i < THREADS; i++) {
    pthread_join(threads[i], &one);
    all += (long)one;
  }
  printf("threads %ld %ld\n", sum, all);
}

static int is_less(const void* a, const void* b) { return *(const int*)a - *(const int*)b; }

int main(int count, char** arguments) {
  static const char* const functions[] = {"exp", "log", "sin", "tan", "tanh", "erf", "lgamma"};
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    double (*function)(double) = (double (*)(double))import_find(functions[i]);
    printf("%s %.17g\n", functions[i], function(0.7));
  }
  int numbers[] = {3, 1, 2};
  qsort(numbers, 3, sizeof *numbers, is_less);
  float number;
  if (sscanf("x 2.5e-3", "x %f", &number) != 1) die(1, "no number");
  printf("numbers %d%d%d %g %Lg\n", numbers[0], numbers[1], numbers[2], number, 1.25L);
  run_threads();
  FILE* file = count == 2 ? fopen(arguments[1], "w") : 0;
  if (!file || fputs("written\n", file) < 0 || fclose(file)) die(1, "no file");
  return 0;
}
