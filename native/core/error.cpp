#include "core/error.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

namespace mobilegen {
namespace {

const size_t kTextSize = 256;

// pthread keys, not thread_local: the latter needs run-time support that API 21 does not have.
pthread_once_t once = PTHREAD_ONCE_INIT;
pthread_key_t key;
bool key_exists = false;

void create_key() { key_exists = pthread_key_create(&key, free) == 0; }

// Without this, threads that end after the library is unloaded would call into nothing.
__attribute__((destructor)) void delete_key() {
  if (key_exists) pthread_key_delete(key);
}

char* thread_text(bool create) {
  pthread_once(&once, create_key);
  if (!key_exists) return 0;
  char* text = static_cast<char*>(pthread_getspecific(key));
  if (text || !create) return text;
  text = static_cast<char*>(malloc(kTextSize));
  if (text && pthread_setspecific(key, text) != 0) {
    free(text);
    return 0;
  }
  return text;
}

}  // namespace

int fail(int code, const char* format, ...) {
  char* text = thread_text(true);
  if (!text) return code;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, kTextSize, format, arguments);
  va_end(arguments);
  return code;
}

const char* last_error() {
  const char* text = thread_text(false);
  return text ? text : "";
}

}  // namespace mobilegen
