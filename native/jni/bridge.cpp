#include "jni/bridge.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

namespace mobilegen {
namespace {

const size_t kMessage = 320;

// Java's own UTF-8 has no sequences of four bytes; a message that was cut short may end in half
// of one. Both become question marks, since a Java VM may end the process for them.
void make_presentable(char* text) {
  unsigned char* at = reinterpret_cast<unsigned char*>(text);
  while (*at) {
    const int more = *at < 0x80 ? 0 : *at >= 0xC2 && *at < 0xE0 ? 1 : (*at & 0xF0) == 0xE0 ? 2 : -1;
    int seen = 0;
    while (seen < more && (at[1 + seen] & 0xC0) == 0x80) seen++;
    if (seen < more || more < 0) {
      *at++ = '?';
    } else {
      at += 1 + more;
    }
  }
}

void throw_text(JNIEnv* env, const char* type, char* text) {
  make_presentable(text);
  jclass found = env->FindClass(type);
  if (found) env->ThrowNew(found, text);
}

// Java writes a character outside of the basic plane as two surrogates of three bytes, and a null
// character as two bytes; files have names in plain UTF-8. Returns false for a null character.
bool to_utf8(char* text) {
  unsigned char* to = reinterpret_cast<unsigned char*>(text);
  const unsigned char* from = to;
  while (*from) {
    if (from[0] == 0xC0 && from[1] == 0x80) return false;
    const bool pair = from[0] == 0xED && (from[1] & 0xF0) == 0xA0 && from[2] && from[3] == 0xED &&
                      (from[4] & 0xF0) == 0xB0;
    if (!pair) {
      *to++ = *from++;
      continue;
    }
    const unsigned high = (from[1] & 0x0F) << 6 | (from[2] & 0x3F);
    const unsigned low = (from[4] & 0x0F) << 6 | (from[5] & 0x3F);
    const unsigned point = 0x10000 + (high << 10) + low;
    *to++ = static_cast<unsigned char>(0xF0 | point >> 18);
    *to++ = static_cast<unsigned char>(0x80 | (point >> 12 & 0x3F));
    *to++ = static_cast<unsigned char>(0x80 | (point >> 6 & 0x3F));
    *to++ = static_cast<unsigned char>(0x80 | (point & 0x3F));
    from += 6;
  }
  *to = 0;
  return true;
}

const char* exception_of(int status) {
  switch (status) {
    case MOBILEGEN_ERROR_ARGUMENT: return "java/lang/IllegalArgumentException";
    case MOBILEGEN_ERROR_FILE:
    case MOBILEGEN_ERROR_MODEL: return "java/io/IOException";
    case MOBILEGEN_ERROR_MEMORY: return "java/lang/OutOfMemoryError";
    default: return "java/lang/IllegalStateException";
  }
}

__attribute__((format(printf, 3, 0))) void throw_values(JNIEnv* env, const char* type,
                                                        const char* format, va_list values) {
  char text[kMessage];
  vsnprintf(text, sizeof(text), format, values);
  throw_text(env, type, text);
}

}  // namespace

void throw_argument(JNIEnv* env, const char* format, ...) {
  va_list values;
  va_start(values, format);
  throw_values(env, "java/lang/IllegalArgumentException", format, values);
  va_end(values);
}

void throw_state(JNIEnv* env, const char* format, ...) {
  va_list values;
  va_start(values, format);
  throw_values(env, "java/lang/IllegalStateException", format, values);
  va_end(values);
}

void throw_status(JNIEnv* env, int status) {
  char text[kMessage];
  snprintf(text, sizeof(text), "%s", mobilegen_last_error());
  throw_text(env, exception_of(status), text);
}

bool Path::take(JNIEnv* env, jstring text) {
  const char* chars = env->GetStringUTFChars(text, 0);
  if (!chars) return false;
  chars_ = strdup(chars);
  env->ReleaseStringUTFChars(text, chars);
  if (chars_ && to_utf8(chars_)) return true;
  if (chars_) {
    throw_argument(env, "a path has a null character");
  } else {
    char message[] = "no memory for a path";
    throw_text(env, "java/lang/OutOfMemoryError", message);
  }
  free(chars_);
  chars_ = 0;
  return false;
}

Path::~Path() { free(chars_); }

// Puts the arrays of some tensors from `memory` on into a table; returns what comes after them.
static char* place(const Tensor* tensors, int count, char* memory, void** table) {
  for (int i = 0; i < count; i++) {
    table[i] = memory;
    memory += byte_room(tensors[i]);
  }
  return memory;
}

Arrays::Arrays(JNIEnv* env, const Model& model) : inputs(0), outputs(0) {
  const size_t pointers = (model.input_count + model.output_count + 1) * sizeof(void*) / 8 * 8;
  size_t size = pointers;
  for (int i = 0; i < model.input_count; i++) size += byte_room(model.inputs[i]);
  for (int i = 0; i < model.output_count; i++) size += byte_room(model.outputs[i]);
  char* memory = static_cast<char*>(malloc(size));
  if (!memory) {
    char message[] = "no memory for the arrays of a prediction";
    throw_text(env, "java/lang/OutOfMemoryError", message);
    return;
  }
  inputs = reinterpret_cast<void**>(memory);
  outputs = inputs + model.input_count;
  memory = place(model.inputs, model.input_count, memory + pointers, inputs);
  place(model.outputs, model.output_count, memory, outputs);
}

Arrays::~Arrays() { free(inputs); }

jfloatArray new_floats(JNIEnv* env, const void* values, size_t count) {
  jfloatArray array = env->NewFloatArray(static_cast<jsize>(count));
  if (!array) return 0;
  env->SetFloatArrayRegion(array, 0, static_cast<jsize>(count), static_cast<const float*>(values));
  return array;
}

bool check_length(JNIEnv* env, const char* what, jarray values, const Tensor& tensor) {
  const long expected = static_cast<long>(element_count(tensor));
  const long seen = env->GetArrayLength(values);
  if (seen == expected) return true;
  throw_argument(env, "%s has %ld values instead of %ld", what, seen, expected);
  return false;
}

}  // namespace mobilegen
