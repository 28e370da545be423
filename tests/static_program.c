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

/* More than a stack holds: a function of the compiler that calls itself overflows it. */
static void copy_much(void) {
  void* (*volatile copy)(void*, const void*, size_t) = memcpy;
  void* (*volatile move)(void*, const void*, size_t) = memmove;
  void* (*volatile set)(void*, int, size_t) = memset;
  int (*volatile compare)(const void*, const void*, size_t) = memcmp;
  size_t size = (size_t)16 << 20;
  char* from = malloc(size);
  char* to = malloc(size);
  if (!from || !to) die(1, "no memory");
  set(from, 7, size);
  from[size - 1] = 1;
  copy(to, from, size);
  int equal = compare(to, from, size);
  move(to, to + 1, size - 1);
  printf("copies %d %d %d %d\n", equal, to[0], to[size - 2], compare(to, from, size) < 0);
  free(from);
  free(to);
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
  copy_much();
  FILE* file = count == 2 ? fopen(arguments[1], "w") : 0;
  if (!file || fputs("written\n", file) < 0 || fclose(file)) die(1, "no file");
  return 0;
}
