#include "core/error.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

namespace mobilegen {
namespace {

// What a thread has of its own.
struct Own {
  int number;
  char text[256];
};

// pthread keys, not thread_local: the latter needs run-time support that API 21 does not have.
pthread_once_t once = PTHREAD_ONCE_INIT;
pthread_key_t key;
bool key_exists = false;

void create_key() { key_exists = pthread_key_create(&key, free) == 0; }

// Without this, threads that end after the library is unloaded would call into nothing.
__attribute__((destructor)) void delete_key() {
  if (key_exists) pthread_key_delete(key);
}

Own* thread_own(bool create) {
  pthread_once(&once, create_key);
  if (!key_exists) return 0;
  Own* own = static_cast<Own*>(pthread_getspecific(key));
  if (own || !create) return own;
  own = static_cast<Own*>(calloc(1, sizeof(Own)));
  if (own && pthread_setspecific(key, own) != 0) {
    free(own);
    return 0;
  }
  return own;
}

}  // namespace

int fail(int code, const char* format, ...) {
  Own* own = thread_own(true);
  if (!own) return code;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(own->text, sizeof(own->text), format, arguments);
  va_end(arguments);
  return code;
}

const char* last_error() {
  const Own* own = thread_own(false);
  return own ? own->text : "";
}

int* thread_number() {
  Own* own = thread_own(true);
  return own ? &own->number : 0;
}

}  // namespace mobilegen
