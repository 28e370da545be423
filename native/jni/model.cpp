// The natives of the generated class Model. They are private there, but Java can call them with
// anything by reflection, so all arguments are checked here.
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "jni/bridge.h"
#include "jni/handles.h"
#include "mobilegen_model.h"

namespace {

using namespace mobilegen;

const int kPlanes = 3;
const jsize kImageNumbers = 5 + 2 * kPlanes;

jlong finish_open(JNIEnv* env, int status, mobilegen_engine* engine) {
  if (status == MOBILEGEN_OK) {
    const jlong handle = handle_create(engine);
    if (handle) return handle;
    status = fail(MOBILEGEN_ERROR_MEMORY, "no memory for an engine");
  }
  throw_status(env, status);
  return 0;
}

bool is_open(JNIEnv* env, const Use& use) {
  if (use.engine()) return true;
  throw_state(env, "the model is closed");
  return false;
}

const Tensor* tensor(JNIEnv* env, jboolean output, jint index) {
  const int count = output ? kModel.output_count : kModel.input_count;
  if (index >= 0 && index < count) return output ? &kModel.outputs[index] : &kModel.inputs[index];
  throw_argument(env, "there is no tensor %d; the model has %d", index, count);
  return 0;
}

// UTF-8 to a Java string; what is no UTF-8 becomes U+FFFD.
jstring new_string(JNIEnv* env, const char* text) {
  const size_t length = strlen(text);
  jchar* units = static_cast<jchar*>(malloc((length + 1) * sizeof(jchar)));
  if (!units) {
    throw_status(env, fail(MOBILEGEN_ERROR_MEMORY, "no memory for a string"));
    return 0;
  }
  size_t count = 0;
  const unsigned char* at = reinterpret_cast<const unsigned char*>(text);
  while (*at) {
    const int more = *at < 0x80 ? 0 : *at < 0xC2 ? -1 : *at < 0xE0 ? 1 : *at < 0xF0 ? 2
                     : *at < 0xF5 ? 3 : -1;
    uint32_t point = more <= 0 ? *at : *at & (0x3F >> more);
    int seen = 0;
    for (; seen < more && (at[1 + seen] & 0xC0) == 0x80; seen++) {
      point = point << 6 | (at[1 + seen] & 0x3F);
    }
    if (more < 0 || seen < more || point > 0x10FFFF) {
      units[count++] = 0xFFFD;
      at++;
      continue;
    }
    at += 1 + more;
    if (point >= 0x10000) {
      units[count++] = static_cast<jchar>(0xD7C0 + (point >> 10));
      units[count++] = static_cast<jchar>(0xDC00 | (point & 0x3FF));
    } else {
      units[count++] = static_cast<jchar>(point);
    }
  }
  jstring result = env->NewString(units, static_cast<jsize>(count));
  free(units);
  return result;
}

// Bytes of a byte[] or a direct ByteBuffer for the time of a call.
class Bytes {
 public:
  Bytes() : data(0), size(0), env_(0), array_(0) {}
  ~Bytes() {
    if (array_) env_->ReleaseByteArrayElements(array_, static_cast<jbyte*>(data), JNI_ABORT);
  }

  // False after an exception.
  bool take(JNIEnv* env, jobject object) {
    env_ = env;
    jclass array = env->FindClass("[B"), buffer = array ? env->FindClass("java/nio/ByteBuffer") : 0;
    if (!buffer) return false;
    if (object && env->IsInstanceOf(object, array)) {
      data = env->GetByteArrayElements(static_cast<jbyteArray>(object), 0);
      if (!data) return false;
      array_ = static_cast<jbyteArray>(object);
      size = env->GetArrayLength(array_);
      return true;
    }
    if (object && env->IsInstanceOf(object, buffer)) {
      data = env->GetDirectBufferAddress(object);
      const jlong capacity = data ? env->GetDirectBufferCapacity(object) : 0;
      size = capacity > 0 ? static_cast<size_t>(capacity) : 0;
    }
    if (size) return true;
    throw_argument(env, "bytes must be in a byte[] or a direct ByteBuffer that is not empty");
    return false;
  }

  void* data;
  size_t size;

 private:
  Bytes(const Bytes&);
  JNIEnv* env_;
  jbyteArray array_;
};

// numbers: format, width, height, rotation, mirrored, then row and pixel stride of each plane.
bool read_image(JNIEnv* env, jintArray numbers, jobjectArray planes, Bytes bytes[kPlanes],
                mobilegen_image* image) {
  jint n[kImageNumbers];
  const jsize count = planes ? env->GetArrayLength(planes) : 0;
  if (!numbers || env->GetArrayLength(numbers) != kImageNumbers || (count != 1 && count != 3)) {
    throw_argument(env, "an image needs %d numbers and 1 or 3 planes", kImageNumbers);
    return false;
  }
  env->GetIntArrayRegion(numbers, 0, kImageNumbers, n);
  memset(image, 0, sizeof(*image));
  image->format = n[0];
  image->width = n[1];
  image->height = n[2];
  image->rotation = n[3];
  image->mirrored = n[4];
  for (int i = 0; i < count; i++) {
    if (!bytes[i].take(env, env->GetObjectArrayElement(planes, i))) return false;
    const mobilegen_plane plane = {bytes[i].data, bytes[i].size, n[5 + 2 * i], n[6 + 2 * i]};
    image->planes[i] = plane;
  }
  return true;
}

bool read_inputs(JNIEnv* env, jobjectArray inputs, const Arrays& arrays) {
  if (!inputs || env->GetArrayLength(inputs) != kModel.input_count) {
    throw_argument(env, "the model needs %d inputs", kModel.input_count);
    return false;
  }
  for (int i = 0; i < kModel.input_count; i++) {
    jfloatArray values = static_cast<jfloatArray>(env->GetObjectArrayElement(inputs, i));
    if (!values) {
      throw_argument(env, "input %s is null", kModel.inputs[i].name);
      return false;
    }
    if (!check_length(env, kModel.inputs[i].name, values, kModel.inputs[i])) return false;
    env->GetFloatArrayRegion(values, 0, env->GetArrayLength(values), arrays.inputs[i]);
    env->DeleteLocalRef(values);
  }
  return true;
}

jobjectArray new_outputs(JNIEnv* env, const Arrays& arrays) {
  jclass type = env->FindClass("[F");
  jobjectArray outputs = type ? env->NewObjectArray(kModel.output_count, type, 0) : 0;
  for (int i = 0; outputs && i < kModel.output_count; i++) {
    jfloatArray values = new_floats(env, arrays.outputs[i], element_count(kModel.outputs[i]));
    if (!values) return 0;
    env->SetObjectArrayElement(outputs, i, values);
    env->DeleteLocalRef(values);
  }
  return outputs;
}

jfloatArray new_classes(JNIEnv* env, const mobilegen_class* classes, int count, jintArray indices) {
  float* values = static_cast<float*>(malloc(count * sizeof(float) + 1));
  if (!values) {
    throw_status(env, fail(MOBILEGEN_ERROR_MEMORY, "no memory for the classes"));
    return 0;
  }
  for (int i = 0; i < count; i++) {
    const jint index = classes[i].index;
    values[i] = classes[i].probability;
    env->SetIntArrayRegion(indices, i, 1, &index);
  }
  jfloatArray result = new_floats(env, values, count);
  free(values);
  return result;
}

}  // namespace

extern "C" {

JNIEXPORT jlong JNICALL MOBILEGEN_JNI_Model(openFiles0)(JNIEnv* env, jclass, jstring params,
                                                        jstring weights, jint threads) {
  if (!params || !weights) {
    throw_argument(env, "params and weights must not be null");
    return 0;
  }
  const Path params_path(env, params);
  if (!params_path.chars()) return 0;
  const Path weights_path(env, weights);
  if (!weights_path.chars()) return 0;
  mobilegen_engine* engine = 0;
  const int status = open_paths(params_path.chars(), weights_path.chars(), threads, &engine);
  return finish_open(env, status, engine);
}

JNIEXPORT jlong JNICALL MOBILEGEN_JNI_Model(openParts0)(JNIEnv* env, jclass, jint params,
                                                        jlong params_offset, jlong params_length,
                                                        jint weights, jlong weights_offset,
                                                        jlong weights_length, jint threads) {
  mobilegen_engine* engine = 0;
  const int status = open_parts(params, params_offset, params_length, weights, weights_offset,
                                weights_length, threads, &engine);
  return finish_open(env, status, engine);
}

JNIEXPORT jlong JNICALL MOBILEGEN_JNI_Model(openBuffers0)(JNIEnv* env, jclass, jobject params,
                                                          jobject weights, jint threads) {
  // Only direct buffers: they stay where they are after this call.
  void* data[2] = {0, 0};
  jlong size[2] = {0, 0};
  jclass type = env->FindClass("java/nio/ByteBuffer");
  if (!type) return 0;
  jobject buffers[2] = {params, weights};
  for (int i = 0; i < 2; i++) {
    if (!buffers[i] || !env->IsInstanceOf(buffers[i], type)) continue;
    data[i] = env->GetDirectBufferAddress(buffers[i]);
    size[i] = env->GetDirectBufferCapacity(buffers[i]);
  }
  if (!data[0] || !data[1] || size[0] <= 0 || size[1] <= 0) {
    throw_argument(env, "params and weights must be direct ByteBuffers that are not empty");
    return 0;
  }
  mobilegen_engine* engine = 0;
  const int status = open_memory(data[0], static_cast<size_t>(size[0]), data[1],
                                 static_cast<size_t>(size[1]), threads, &engine);
  return finish_open(env, status, engine);
}

JNIEXPORT jlong JNICALL MOBILEGEN_JNI_Model(openEmbedded0)(JNIEnv* env, jclass, jint threads) {
  mobilegen_engine* engine = 0;
  const int status = open_embedded(threads, &engine);
  return finish_open(env, status, engine);
}

JNIEXPORT void JNICALL MOBILEGEN_JNI_Model(close0)(JNIEnv*, jclass, jlong handle) {
  handle_close(handle);
}

JNIEXPORT jobjectArray JNICALL MOBILEGEN_JNI_Model(names0)(JNIEnv* env, jclass, jboolean output) {
  const int count = output ? kModel.output_count : kModel.input_count;
  jclass type = env->FindClass("java/lang/String");
  jobjectArray names = type ? env->NewObjectArray(count, type, 0) : 0;
  for (int i = 0; names && i < count; i++) {
    jstring name = new_string(env, (output ? kModel.outputs : kModel.inputs)[i].name);
    if (!name) return 0;
    env->SetObjectArrayElement(names, i, name);
    env->DeleteLocalRef(name);
  }
  return names;
}

JNIEXPORT jintArray JNICALL MOBILEGEN_JNI_Model(shape0)(JNIEnv* env, jclass, jboolean output,
                                                        jint index) {
  const Tensor* found = tensor(env, output, index);
  jintArray sizes = found ? env->NewIntArray(found->rank) : 0;
  if (sizes) env->SetIntArrayRegion(sizes, 0, found->rank, found->shape);
  return sizes;
}

JNIEXPORT jstring JNICALL MOBILEGEN_JNI_Model(label0)(JNIEnv* env, jclass, jlong handle,
                                                        jint index) {
  const Use use(handle);
  if (!is_open(env, use)) return 0;
  const char* label = mobilegen_label(use.engine(), index);
  return label ? new_string(env, label) : 0;
}

JNIEXPORT void JNICALL MOBILEGEN_JNI_Model(setLabels0)(JNIEnv* env, jclass, jlong handle,
                                                       jbyteArray text) {
  const Use use(handle);
  if (!is_open(env, use)) return;
  if (!text) {
    throw_argument(env, "labels must not be null");
    return;
  }
  jbyte* bytes = env->GetByteArrayElements(text, 0);
  if (!bytes) return;
  const int status = mobilegen_set_labels(use.engine(), reinterpret_cast<char*>(bytes),
                                          static_cast<size_t>(env->GetArrayLength(text)));
  env->ReleaseByteArrayElements(text, bytes, JNI_ABORT);
  if (status != MOBILEGEN_OK) throw_status(env, status);
}

JNIEXPORT jobjectArray JNICALL MOBILEGEN_JNI_Model(predict0)(JNIEnv* env, jclass, jlong handle,
                                                             jobjectArray inputs) {
  const Use use(handle);
  if (!is_open(env, use)) return 0;
  const Arrays arrays(env, kModel);
  if (!arrays.usable() || !read_inputs(env, inputs, arrays)) return 0;
  const int status = mobilegen_predict(use.engine(), arrays.inputs, arrays.outputs);
  if (status == MOBILEGEN_OK) return new_outputs(env, arrays);
  throw_status(env, status);
  return 0;
}

JNIEXPORT jfloatArray JNICALL MOBILEGEN_JNI_Model(preprocess0)(JNIEnv* env, jclass,
                                                               jintArray numbers,
                                                               jobjectArray planes) {
  Bytes bytes[kPlanes];
  mobilegen_image image;
  if (!read_image(env, numbers, planes, bytes, &image)) return 0;
  const Arrays arrays(env, kModel);
  if (!arrays.usable()) return 0;
  const int status = mobilegen_preprocess(&image, arrays.inputs[0]);
  if (status == MOBILEGEN_OK) {
    return new_floats(env, arrays.inputs[0], element_count(kModel.inputs[0]));
  }
  throw_status(env, status);
  return 0;
}

JNIEXPORT jfloatArray JNICALL MOBILEGEN_JNI_Model(classify0)(JNIEnv* env, jclass, jlong handle,
                                                             jintArray numbers,
                                                             jobjectArray planes,
                                                             jintArray indices) {
  const Use use(handle);
  if (!is_open(env, use)) return 0;
  const jsize room = indices ? env->GetArrayLength(indices) : 0;
  if (room < 1) {
    throw_argument(env, "at least one class must be asked for");
    return 0;
  }
  Bytes bytes[kPlanes];
  mobilegen_image image;
  if (!read_image(env, numbers, planes, bytes, &image)) return 0;
  const long all = static_cast<long>(element_count(kModel.outputs[0]));
  const int k = static_cast<int>(room < all ? room : all);
  mobilegen_class* classes = static_cast<mobilegen_class*>(malloc(k * sizeof(mobilegen_class)));
  const int found = classes ? mobilegen_classify(use.engine(), &image, k, classes)
                            : fail(MOBILEGEN_ERROR_MEMORY, "no memory for the classes");
  jfloatArray result = 0;
  if (found < 0) {
    throw_status(env, found);
  } else {
    result = new_classes(env, classes, found, indices);
  }
  free(classes);
  return result;
}

JNIEXPORT void JNICALL MOBILEGEN_JNI_Model(setThreads0)(JNIEnv* env, jclass, jlong handle,
                                                        jint threads) {
  const Use use(handle);
  if (!is_open(env, use)) return;
  const int status = mobilegen_set_threads(use.engine(), threads);
  if (status != MOBILEGEN_OK) throw_status(env, status);
}

JNIEXPORT jdouble JNICALL MOBILEGEN_JNI_Model(seconds0)(JNIEnv* env, jclass, jlong handle,
                                                        jint kind) {
  const Use use(handle);
  return is_open(env, use) ? mobilegen_last_seconds(use.engine(), kind) : -1;
}

}  // extern "C"
