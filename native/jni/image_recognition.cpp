// The natives of the generated class ImageRecognition: one model per process, guarded by a mutex.
#include <jni.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/engine.h"
#include "core/log.h"
#include "mobilegen_model.h"

namespace {

using namespace mobilegen;

const int kMaxRank = 8;
const int kMaxPath = 4096;

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
mobilegen_engine* engine = 0;
int threads = 1;

class Lock {
 public:
  Lock() { pthread_mutex_lock(&mutex); }
  ~Lock() { pthread_mutex_unlock(&mutex); }
};

// A Java string as a path: UTF-8 but for characters outside the basic plane.
class Path {
 public:
  Path(JNIEnv* env, jstring text) : env_(env), text_(text) {
    chars_ = env->GetStringUTFChars(text, 0);
  }
  ~Path() {
    if (chars_) env_->ReleaseStringUTFChars(text_, chars_);
  }
  const char* chars() const { return chars_; }

 private:
  JNIEnv* env_;
  jstring text_;
  const char* chars_;
};

void throw_new(JNIEnv* env, const char* name, const char* message) {
  jclass type = env->FindClass(name);
  if (type) env->ThrowNew(type, message);
}

void throw_argument(JNIEnv* env, const char* message) {
  throw_new(env, "java/lang/IllegalArgumentException", message);
}

void throw_state(JNIEnv* env, const char* message) {
  throw_new(env, "java/lang/IllegalStateException", message);
}

void close_engine() {
  mobilegen_close(engine);
  engine = 0;
}

jboolean open_engine(const char* params, const char* weights) {
  Lock lock;
  mobilegen_engine* opened = 0;
  if (engine_open(params, weights, threads, &opened) != MOBILEGEN_OK) {
    log_error(mobilegen_last_error());
    return JNI_FALSE;
  }
  close_engine();
  engine = opened;
  return JNI_TRUE;
}

// Writes "{1, 3, 224, 224}".
void format_shape(const Tensor& tensor, char* text, size_t size) {
  size_t used = snprintf(text, size, "{");
  for (int i = 0; i < tensor.rank && used < size; i++) {
    used += snprintf(text + used, size - used, "%s%d", i ? ", " : "", tensor.shape[i]);
  }
  if (used < size) snprintf(text + used, size - used, "}");
}

bool same_shape(JNIEnv* env, jintArray dims, const Tensor& tensor) {
  if (tensor.rank > kMaxRank || env->GetArrayLength(dims) != tensor.rank) return false;
  jint sizes[kMaxRank];
  env->GetIntArrayRegion(dims, 0, tensor.rank, sizes);
  for (int i = 0; i < tensor.rank; i++) {
    if (sizes[i] != tensor.shape[i]) return false;
  }
  return true;
}

bool check_arguments(JNIEnv* env, jfloatArray values, jintArray dims, const Tensor& tensor) {
  char text[192];
  if (!values || !dims) {
    throw_argument(env, "input and dims must not be null");
    return false;
  }
  if (!same_shape(env, dims, tensor)) {
    char shape[128];
    format_shape(tensor, shape, sizeof(shape));
    snprintf(text, sizeof(text), "dims must be %s", shape);
    throw_argument(env, text);
    return false;
  }
  const long expected = (long)element_count(tensor.shape, tensor.rank);
  const long seen = env->GetArrayLength(values);
  if (seen == expected) return true;
  snprintf(text, sizeof(text), "input has %ld values instead of %ld", seen, expected);
  throw_argument(env, text);
  return false;
}

bool check_state(JNIEnv* env) {
  if (!engine) {
    throw_state(env, "no model is loaded; call load first");
    return false;
  }
  if (kModel.input_count != 1) {
    char text[128];
    snprintf(text, sizeof(text), "the model has %d inputs; predictImage is for models with one",
             kModel.input_count);
    throw_state(env, text);
    return false;
  }
  return true;
}

// Arrays of a prediction: the input and every output, in one allocation.
class Buffers {
 public:
  Buffers() : memory_(0), input_(0) {}
  ~Buffers() { free(memory_); }

  bool allocate() {
    size_t floats = count(kModel.inputs[0]);
    for (int i = 0; i < kModel.output_count; i++) floats += count(kModel.outputs[i]);
    memory_ = static_cast<float*>(malloc(floats * sizeof(float)));
    if (!memory_) return false;
    input_ = memory_;
    float* next = memory_ + count(kModel.inputs[0]);
    for (int i = 0; i < kModel.output_count; i++) {
      outputs_[i] = next;
      next += count(kModel.outputs[i]);
    }
    return true;
  }

  float* input() { return input_; }
  float* first_output() { return outputs_[0]; }

  int predict() {
    const float* const inputs[] = {input_};
    return mobilegen_predict(engine, inputs, outputs_);
  }

  static size_t count(const Tensor& tensor) { return element_count(tensor.shape, tensor.rank); }

 private:
  float* memory_;
  float* input_;
  float* outputs_[MOBILEGEN_OUTPUT_COUNT];
};

jfloatArray predict(JNIEnv* env, jfloatArray values) {
  Buffers buffers;
  if (!buffers.allocate()) {
    throw_new(env, "java/lang/OutOfMemoryError", "no memory for the arrays of a prediction");
    return 0;
  }
  env->GetFloatArrayRegion(values, 0, (jsize)Buffers::count(kModel.inputs[0]), buffers.input());
  if (buffers.predict() != MOBILEGEN_OK) {
    throw_state(env, mobilegen_last_error());
    return 0;
  }
  const jsize size = (jsize)Buffers::count(kModel.outputs[0]);
  jfloatArray result = env->NewFloatArray(size);
  if (result) env->SetFloatArrayRegion(result, 0, size, buffers.first_output());
  return result;
}

}  // namespace

extern "C" {

JNIEXPORT jboolean JNICALL MOBILEGEN_JNI(load)(JNIEnv* env, jclass, jstring folder) {
  if (!folder) {
    throw_argument(env, "folder must not be null");
    return JNI_FALSE;
  }
  const Path path(env, folder);
  if (!path.chars()) return JNI_FALSE;
  char params[kMaxPath], weights[kMaxPath];
  if (snprintf(params, kMaxPath, "%s/" MOBILEGEN_PARAMS_FILE, path.chars()) >= kMaxPath ||
      snprintf(weights, kMaxPath, "%s/" MOBILEGEN_WEIGHTS_FILE, path.chars()) >= kMaxPath) {
    throw_argument(env, "folder is too long");
    return JNI_FALSE;
  }
  return open_engine(params, weights);
}

JNIEXPORT jboolean JNICALL MOBILEGEN_JNI(loadCombined)(JNIEnv* env, jclass, jstring model,
                                                       jstring params) {
  if (!model || !params) {
    throw_argument(env, "model and params must not be null");
    return JNI_FALSE;
  }
  const Path weights_path(env, model);
  const Path params_path(env, params);
  if (!weights_path.chars() || !params_path.chars()) return JNI_FALSE;
  return open_engine(params_path.chars(), weights_path.chars());
}

JNIEXPORT jfloatArray JNICALL MOBILEGEN_JNI(predictImage)(JNIEnv* env, jclass, jfloatArray input,
                                                          jintArray dims) {
  Lock lock;
  if (!check_state(env) || !check_arguments(env, input, dims, kModel.inputs[0])) return 0;
  return predict(env, input);
}

JNIEXPORT void JNICALL MOBILEGEN_JNI(setThread)(JNIEnv* env, jclass, jint number) {
  Lock lock;
  if (number < 1 || number > MOBILEGEN_MAX_THREADS) {
    char text[64];
    snprintf(text, sizeof(text), "threads must be 1 to %d", MOBILEGEN_MAX_THREADS);
    throw_argument(env, text);
    return;
  }
  if (engine && mobilegen_set_threads(engine, number) != MOBILEGEN_OK) {
    throw_state(env, mobilegen_last_error());
    return;
  }
  threads = number;
}

JNIEXPORT void JNICALL MOBILEGEN_JNI(clear)(JNIEnv*, jclass) {
  Lock lock;
  close_engine();
}

}  // extern "C"
