// Loops of many sizes and thread counts from several threads at once: each iteration runs once.
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

extern "C" int omp_get_num_threads();
extern "C" int omp_get_thread_num();

namespace ncnn {
int get_cpu_count() { return 4; }
}  // namespace ncnn

namespace {

const int kCallers = 6;
const int kMost = 300;

void require(bool condition, const char* what) {
  if (condition) return;
  printf("%s\n", what);
  exit(1);
}

void loop(int size, int threads) {
  int seen[kMost] = {0};
#pragma omp parallel for num_threads(threads)
  for (int i = 0; i < size; i++) {
    require(omp_get_num_threads() == threads, "the number of threads");
    require(omp_get_thread_num() < threads, "the number of the thread");
    seen[i]++;
  }
  for (int i = 0; i < kMost; i++) require(seen[i] == (i < size), "each iteration once");
  require(omp_get_num_threads() == 1 && omp_get_thread_num() == 0, "outside of the loop");
}

void large_loop(int64_t first, int64_t size, int threads) {
  int64_t sums[64] = {0};
#pragma omp parallel for num_threads(threads)
  for (int64_t i = first; i < first + size; i++) sums[omp_get_thread_num()] += i - first + 1;
  int64_t sum = 0;
  for (int i = 0; i < 64; i++) sum += sums[i];
  require(sum == size * (size + 1) / 2, "the sum of a loop of 64-bit numbers");
}

void nested(int threads) {
  int sums[8] = {0};
#pragma omp parallel for num_threads(threads)
  for (int i = 0; i < 8; i++) {
    int inner[5] = {0};
#pragma omp parallel for num_threads(2)
    for (int k = 0; k < 5; k++) inner[k] = i + k;
    for (int k = 0; k < 5; k++) sums[i] += inner[k];
  }
  for (int i = 0; i < 8; i++) require(sums[i] == 5 * i + 10, "a loop in a loop");
}

void* call(void* argument) {
  const int number = (int)(intptr_t)argument;
  for (int round = 0; round < 100; round++) {
    loop((round * 7 + number) % kMost, 1 + (round + number) % 5);
    large_loop(((int64_t)1 << 40) - 5, round, 1 + round % 3);
    if (round % 10 == 0) nested(1 + round / 10 % 4);
    if (round % 50 == 0) usleep(20000);  // long enough for the threads to sleep
  }
  return 0;
}

}  // namespace

int main() {
  pthread_t threads[kCallers];
  for (int i = 0; i < kCallers; i++) pthread_create(&threads[i], 0, call, (void*)(intptr_t)i);
  for (int i = 0; i < kCallers; i++) pthread_join(threads[i], 0);
  loop(kMost, 64);
  printf("ok\n");
  return 0;
}
