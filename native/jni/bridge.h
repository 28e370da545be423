// What the natives share: exceptions, strings, the memory of arrays.
#ifndef MOBILEGEN_JNI_BRIDGE_H
#define MOBILEGEN_JNI_BRIDGE_H

#include <jni.h>
#include <stddef.h>

#include "core/engine.h"

namespace mobilegen {

void throw_argument(JNIEnv* env, const char* format, ...)
    __attribute__((format(printf, 2, 3)));
void throw_state(JNIEnv* env, const char* format, ...) __attribute__((format(printf, 2, 3)));

// Throws the last error as the exception of its status.
void throw_status(JNIEnv* env, int status);

// A Java string as a path in UTF-8. Null after an exception: no memory, or a null character.
class Path {
 public:
  Path() : chars_(0) {}
  Path(JNIEnv* env, jstring text) : chars_(0) { take(env, text); }
  ~Path();
  bool take(JNIEnv* env, jstring text);
  const char* chars() const { return chars_; }

 private:
  Path(const Path&);
  char* chars_;
};

// Inputs and outputs of a prediction in one allocation; null members after an exception.
class Arrays {
 public:
  Arrays(JNIEnv* env, const Model& model);
  ~Arrays();
  bool usable() const { return inputs != 0; }

  void** inputs;
  void** outputs;

 private:
  Arrays(const Arrays&);
};

// A new Java array; null after an exception.
jfloatArray new_floats(JNIEnv* env, const void* values, size_t count);

// True if `values` has as many numbers as the tensor; else an exception is pending.
bool check_length(JNIEnv* env, const char* what, jarray values, const Tensor& tensor);

}  // namespace mobilegen

#endif
