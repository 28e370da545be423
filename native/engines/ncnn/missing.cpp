#include "engines/ncnn/missing.h"

#include <pthread.h>
#include <stdint.h>

namespace mobilegen {
namespace {

// A key, not thread_local: the latter needs run-time support that API 21 does not have.
pthread_key_t key;
bool key_exists = false;

__attribute__((constructor)) void create_key() { key_exists = pthread_key_create(&key, 0) == 0; }

__attribute__((destructor)) void delete_key() {
  if (key_exists) pthread_key_delete(key);
}

}  // namespace

int missing_layers() {
  return key_exists ? static_cast<int>(reinterpret_cast<intptr_t>(pthread_getspecific(key))) : -1;
}

void count_missing_layer() {
  if (!key_exists) return;
  pthread_setspecific(key, reinterpret_cast<void*>(static_cast<intptr_t>(missing_layers() + 1)));
}

}  // namespace mobilegen
