// The natives of the generated class ImageRecognition: one model per process, guarded by a mutex.
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "core/log.h"
#include "core/preprocess/preprocess.h"
#include "jni/bridge.h"
#include "mobilegen_model.h"

namespace {

using namespace mobilegen;

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
mobilegen_engine* engine = 0;
int threads = 1;

void close_engine() {
  mobilegen_close(engine);
  engine = 0;
}

// Puts an opened engine in the place of the one before, or logs why there is none.
jboolean put(JNIEnv* env, int status, mobilegen_engine* opened) {
  if (status == MOBILEGEN_ERROR_ARGUMENT) {
    throw_status(env, status);
    return JNI_FALSE;
  }
  if (status != MOBILEGEN_OK) {
    log_error(mobilegen_last_error());
    return JNI_FALSE;
  }
  close_engine();
  engine = opened;
  return JNI_TRUE;
}

jboolean load_folder(JNIEnv* env, jstring folder) {
  Lock lock(&mutex);
  mobilegen_engine* opened = 0;
  if (!folder && kModel.files[0].embedded) {
    const int status = mobilegen_open_embedded(threads, &opened);
    return put(env, status, opened);
  }
  if (!folder) {
    throw_argument(env, "folder must not be null: the model is not compiled into the library");
    return JNI_FALSE;
  }
  const Path path(env, folder);
  if (!path.chars()) return JNI_FALSE;
  const int status = mobilegen_open_folder(path.chars(), threads, &opened);
  return put(env, status, opened);
}

#if MOBILEGEN_PARAMS_INDEX >= 0 && MOBILEGEN_WEIGHTS_INDEX >= 0

jboolean load_files(JNIEnv* env, jstring model, jstring params) {
  if (!model || !params) {
    throw_argument(env, "model and params must not be null");
    return JNI_FALSE;
  }
  const Path weights_path(env, model);
  if (!weights_path.chars()) return JNI_FALSE;
  const Path params_path(env, params);
  if (!params_path.chars()) return JNI_FALSE;
  mobilegen_file files[MOBILEGEN_FILE_COUNT];
  memset(files, 0, sizeof(files));
  files[MOBILEGEN_PARAMS_INDEX].path = params_path.chars();
  files[MOBILEGEN_WEIGHTS_INDEX].path = weights_path.chars();
  Lock lock(&mutex);
  mobilegen_engine* opened = 0;
  const int status = mobilegen_open(files, MOBILEGEN_FILE_COUNT, threads, &opened);
  return put(env, status, opened);
}

#else

jboolean load_files(JNIEnv* env, jstring, jstring) {
  throw_state(env, "the model of this runtime has no params and weights, but %d file(s); use load",
              MOBILEGEN_FILE_COUNT);
  return JNI_FALSE;
}

#endif

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

bool check_arguments(JNIEnv* env, const char* name, jobject values, jintArray dims) {
  if (!values || !dims) {
    throw_argument(env, "%s and dims must not be null", name);
    return false;
  }
  if (same_shape(env, dims, kModel.inputs[0])) return true;
  char shape[128];
  format_shape(kModel.inputs[0], shape, sizeof(shape));
  throw_argument(env, "dims must be %s", shape);
  return false;
}

bool check_state(JNIEnv* env, const char* method) {
  if (!engine) {
    throw_state(env, "no model is loaded; call load first");
    return false;
  }
  if (kModel.input_count != 1) {
    throw_state(env, "the model has %d inputs; %s is for models with one", kModel.input_count,
                method);
    return false;
  }
  if (MOBILEGEN_ALL_FLOATS || (kModel.inputs[0].type == MOBILEGEN_FLOAT32 &&
                               kModel.outputs[0].type == MOBILEGEN_FLOAT32)) {
    return true;
  }
  throw_state(env, "%s is for models of 32-bit floats", method);
  return false;
}

jfloatArray predict(JNIEnv* env, const Arrays& arrays) {
  const int status = mobilegen_predict(engine, arrays.inputs, arrays.outputs);
  if (status == MOBILEGEN_OK) {
    return new_floats(env, arrays.outputs[0], element_count(kModel.outputs[0]));
  }
  throw_status(env, status);
  return 0;
}

// The model's rule, with other means and another scale if they are given as Paddle-Mobile has
// them: three means and, optionally, a factor.
bool read_rule(JNIEnv* env, jfloatArray values, Preprocess* rule) {
  *rule = *kModel.preprocess;
  if (!values) return true;
  const jsize count = env->GetArrayLength(values);
  float given[4] = {0, 0, 0, 1};
  if (count == 3 || count == 4) env->GetFloatArrayRegion(values, 0, count, given);
  bool usable = (count == 3 || count == 4) && given[3] != 0;
  for (int i = 0; i < 4; i++) usable = usable && isfinite(given[i]);
  if (!usable) {
    throw_argument(env, "meanValues must be null, or three means and optionally a factor");
    return false;
  }
  rule->scale = 1;
  for (int i = 0; i < 3; i++) {
    rule->mean[i] = given[i];
    rule->std[i] = 1 / given[3];
  }
  return true;
}

}  // namespace

extern "C" {

JNIEXPORT jboolean JNICALL MOBILEGEN_JNI_ImageRecognition(load)(JNIEnv* env, jclass,
                                                                jstring folder) {
  return load_folder(env, folder);
}

JNIEXPORT jboolean JNICALL MOBILEGEN_JNI_ImageRecognition(loadQualified)(JNIEnv* env, jclass,
                                                                         jstring folder) {
  return load_folder(env, folder);
}

JNIEXPORT jboolean JNICALL MOBILEGEN_JNI_ImageRecognition(loadCombined)(JNIEnv* env, jclass,
                                                                        jstring model,
                                                                        jstring params) {
  return load_files(env, model, params);
}

JNIEXPORT jboolean JNICALL MOBILEGEN_JNI_ImageRecognition(loadCombinedQualified)(
    JNIEnv* env, jclass, jstring model, jstring params) {
  return load_files(env, model, params);
}

JNIEXPORT jfloatArray JNICALL MOBILEGEN_JNI_ImageRecognition(predictImage)(JNIEnv* env, jclass,
                                                                           jfloatArray input,
                                                                           jintArray dims) {
  Lock lock(&mutex);
  if (!check_state(env, "predictImage") || !check_arguments(env, "input", input, dims) ||
      !check_length(env, "input", input, kModel.inputs[0])) {
    return 0;
  }
  const Arrays arrays(env, kModel);
  if (!arrays.usable()) return 0;
  env->GetFloatArrayRegion(input, 0, env->GetArrayLength(input),
                           static_cast<jfloat*>(arrays.inputs[0]));
  return predict(env, arrays);
}

JNIEXPORT jfloatArray JNICALL MOBILEGEN_JNI_ImageRecognition(predictYuv)(
    JNIEnv* env, jclass, jbyteArray pixels, jint width, jint height, jintArray dims,
    jfloatArray means) {
  Lock lock(&mutex);
  if (!check_state(env, "predictYuv") || !check_arguments(env, "pixels", pixels, dims)) return 0;
  if (!kModel.preprocess) {
    throw_state(env, "the library was built without `preprocess`, so it takes no images");
    return 0;
  }
  Preprocess rule;
  if (!read_rule(env, means, &rule)) return 0;
  const Arrays arrays(env, kModel);
  if (!arrays.usable()) return 0;
  jbyte* bytes = env->GetByteArrayElements(pixels, 0);
  if (!bytes) return 0;
  const Image image = nv21_image(reinterpret_cast<unsigned char*>(bytes),
                                 env->GetArrayLength(pixels), width, height);
  const int status = preprocess(rule, image, static_cast<float*>(arrays.inputs[0]));
  env->ReleaseByteArrayElements(pixels, bytes, JNI_ABORT);
  if (status == MOBILEGEN_OK) return predict(env, arrays);
  throw_status(env, status);
  return 0;
}

JNIEXPORT void JNICALL MOBILEGEN_JNI_ImageRecognition(setThread)(JNIEnv* env, jclass,
                                                                 jint number) {
  Lock lock(&mutex);
  if (number < 1 || number > MOBILEGEN_MAX_THREADS) {
    throw_argument(env, "threads must be 1 to %d", MOBILEGEN_MAX_THREADS);
    return;
  }
  if (engine && mobilegen_set_threads(engine, number) != MOBILEGEN_OK) {
    throw_state(env, "%s", mobilegen_last_error());
    return;
  }
  threads = number;
}

JNIEXPORT void JNICALL MOBILEGEN_JNI_ImageRecognition(clear)(JNIEnv*, jclass) {
  Lock lock(&mutex);
  close_engine();
}

}  // extern "C"
