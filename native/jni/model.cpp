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

// Known when the library is compiled where it is the same for all, as it mostly is.
int type_of(const Tensor& tensor) {
  return MOBILEGEN_ALL_FLOATS ? MOBILEGEN_FLOAT32 : tensor.type;
}

bool is_a(JNIEnv* env, jobject object, const char* name) {
  jclass type = env->FindClass(name);
  const bool is = type && env->IsInstanceOf(object, type);
  env->DeleteLocalRef(type);
  return is;
}

bool is_array(JNIEnv* env, jobject object, const Tensor& tensor) {
  const char name[] = {'[', "FSDIJBZ"[type_of(tensor)], 0};
  return is_a(env, object, name);
}

const char* array_name(const Tensor& tensor) {
  static const char names[MOBILEGEN_TYPES][10] = {"float[]", "short[]", "double[]", "int[]",
                                                  "long[]",  "byte[]",  "boolean[]"};
  return MOBILEGEN_ALL_FLOATS ? "float[]" : names[type_of(tensor)];
}

// The memory of a direct buffer that has exactly the tensor's bytes; null if it is none.
void* buffer_memory(JNIEnv* env, jobject buffer, const Tensor& tensor) {
  if (!is_a(env, buffer, "java/nio/ByteBuffer")) return 0;
  void* memory = env->GetDirectBufferAddress(buffer);
  const bool fits =
      memory && env->GetDirectBufferCapacity(buffer) == static_cast<jlong>(byte_count(tensor));
  return fits && reinterpret_cast<uintptr_t>(memory) % type_size(type_of(tensor)) == 0 ? memory : 0;
}

bool copy(JNIEnv* env, jarray array, void* memory, const Tensor& tensor, bool to_java) {
  void* elements = env->GetPrimitiveArrayCritical(array, 0);
  if (!elements) return false;
  memcpy(to_java ? elements : memory, to_java ? memory : elements, byte_count(tensor));
  env->ReleasePrimitiveArrayCritical(array, elements, to_java ? 0 : JNI_ABORT);
  return true;
}

// Where the values of a tensor are during a prediction: in a direct buffer of the caller, or in our
// own memory for those of an array, from which inputs are copied. False after an exception.
bool take_one(JNIEnv* env, jobject object, const Tensor& tensor, bool input, void** place) {
  if (!object) {
    throw_argument(env, "%s is null", tensor.name);
    return false;
  }
  if (is_array(env, object, tensor)) {
    jarray array = static_cast<jarray>(object);
    return check_length(env, tensor.name, array, tensor) &&
           (!input || copy(env, array, *place, tensor, false));
  }
  void* memory = buffer_memory(env, object, tensor);
  if (memory) *place = memory;
  if (memory) return true;
  throw_argument(env, "%s must be a %s, or a direct ByteBuffer of %ld bytes", tensor.name,
                 array_name(tensor), static_cast<long>(byte_count(tensor)));
  return false;
}

bool take(JNIEnv* env, jobjectArray objects, const Tensor* tensors, int count, bool inputs,
          void** places) {
  if (!objects || env->GetArrayLength(objects) != count) {
    throw_argument(env, "the model has %d %sputs", count, inputs ? "in" : "out");
    return false;
  }
  for (int i = 0; i < count; i++) {
    jobject object = env->GetObjectArrayElement(objects, i);
    if (!take_one(env, object, tensors[i], inputs, &places[i])) return false;
    env->DeleteLocalRef(object);
  }
  return true;
}

// Gives what was computed to the arrays among the outputs. Another thread may have put others in
// their place by now.
void give(JNIEnv* env, jobjectArray outputs, void* const* places) {
  for (int i = 0; i < kModel.output_count; i++) {
    const Tensor& tensor = kModel.outputs[i];
    jobject object = env->GetObjectArrayElement(outputs, i);
    if (object && is_array(env, object, tensor)) {
      jarray array = static_cast<jarray>(object);
      if (!check_length(env, tensor.name, array, tensor)) return;
      if (!copy(env, array, places[i], tensor, true)) return;
    }
    env->DeleteLocalRef(object);
  }
}

bool is_complete(JNIEnv* env, jarray files) {
  if (files && env->GetArrayLength(files) == MOBILEGEN_FILE_COUNT) return true;
  throw_argument(env, "the model has %d files", MOBILEGEN_FILE_COUNT);
  return false;
}

jlong open_files(JNIEnv* env, const mobilegen_file* files, jint threads) {
  mobilegen_engine* engine = 0;
  const int status = mobilegen_open(files, MOBILEGEN_FILE_COUNT, threads, &engine);
  return finish_open(env, status, engine);
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

JNIEXPORT jlong JNICALL MOBILEGEN_JNI_Model(openFiles0)(JNIEnv* env, jclass, jobjectArray paths,
                                                        jint threads) {
  if (!is_complete(env, paths)) return 0;
  Path chars[MOBILEGEN_FILE_COUNT];
  mobilegen_file files[MOBILEGEN_FILE_COUNT];
  memset(files, 0, sizeof(files));
  for (int i = 0; i < MOBILEGEN_FILE_COUNT; i++) {
    jstring path = static_cast<jstring>(env->GetObjectArrayElement(paths, i));
    if (!path) {
      throw_argument(env, "file %s must not be null", kModel.files[i].name);
      return 0;
    }
    if (!chars[i].take(env, path)) return 0;
    files[i].path = chars[i].chars();
  }
  return open_files(env, files, threads);
}

JNIEXPORT jlong JNICALL MOBILEGEN_JNI_Model(openParts0)(JNIEnv* env, jclass, jintArray descriptors,
                                                        jlongArray offsets, jlongArray lengths,
                                                        jint threads) {
  if (!is_complete(env, descriptors) || !is_complete(env, offsets) || !is_complete(env, lengths)) {
    return 0;
  }
  mobilegen_file files[MOBILEGEN_FILE_COUNT];
  memset(files, 0, sizeof(files));
  for (int i = 0; i < MOBILEGEN_FILE_COUNT; i++) {
    jint descriptor;
    jlong offset, length;
    env->GetIntArrayRegion(descriptors, i, 1, &descriptor);
    env->GetLongArrayRegion(offsets, i, 1, &offset);
    env->GetLongArrayRegion(lengths, i, 1, &length);
    files[i].descriptor = descriptor;
    files[i].offset = offset;
    files[i].length = length;
  }
  return open_files(env, files, threads);
}

JNIEXPORT jlong JNICALL MOBILEGEN_JNI_Model(openBuffers0)(JNIEnv* env, jclass,
                                                          jobjectArray buffers, jint threads) {
  if (!is_complete(env, buffers)) return 0;
  mobilegen_file files[MOBILEGEN_FILE_COUNT];
  memset(files, 0, sizeof(files));
  for (int i = 0; i < MOBILEGEN_FILE_COUNT; i++) {
    jobject buffer = env->GetObjectArrayElement(buffers, i);
    // Only direct buffers: they stay where they are after this call.
    const bool usable = buffer && is_a(env, buffer, "java/nio/ByteBuffer");
    files[i].data = usable ? env->GetDirectBufferAddress(buffer) : 0;
    const jlong size = files[i].data ? env->GetDirectBufferCapacity(buffer) : 0;
    if (size <= 0) {
      throw_argument(env, "file %s must be a direct ByteBuffer that is not empty",
                     kModel.files[i].name);
      return 0;
    }
    files[i].size = static_cast<size_t>(size);
  }
  return open_files(env, files, threads);
}

JNIEXPORT jlong JNICALL MOBILEGEN_JNI_Model(openEmbedded0)(JNIEnv* env, jclass, jint threads) {
  mobilegen_engine* engine = 0;
  const int status = mobilegen_open_embedded(threads, &engine);
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

JNIEXPORT jint JNICALL MOBILEGEN_JNI_Model(type0)(JNIEnv* env, jclass, jboolean output,
                                                  jint index) {
  const Tensor* found = tensor(env, output, index);
  return found ? found->type : 0;
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

JNIEXPORT void JNICALL MOBILEGEN_JNI_Model(predict0)(JNIEnv* env, jclass, jlong handle,
                                                     jobjectArray inputs, jobjectArray outputs) {
  const Use use(handle);
  if (!is_open(env, use)) return;
  const Arrays arrays(env, kModel);
  if (!arrays.usable()) return;
  if (!take(env, inputs, kModel.inputs, kModel.input_count, true, arrays.inputs)) return;
  if (!take(env, outputs, kModel.outputs, kModel.output_count, false, arrays.outputs)) return;
  const int status = mobilegen_predict(use.engine(), arrays.inputs, arrays.outputs);
  if (status == MOBILEGEN_OK) {
    give(env, outputs, arrays.outputs);
  } else {
    throw_status(env, status);
  }
}

JNIEXPORT jfloatArray JNICALL MOBILEGEN_JNI_Model(preprocess0)(JNIEnv* env, jclass,
                                                               jintArray numbers,
                                                               jobjectArray planes) {
  Bytes bytes[kPlanes];
  mobilegen_image image;
  if (!read_image(env, numbers, planes, bytes, &image)) return 0;
  const Arrays arrays(env, kModel);
  if (!arrays.usable()) return 0;
  const int status = mobilegen_preprocess(&image, static_cast<float*>(arrays.inputs[0]));
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
