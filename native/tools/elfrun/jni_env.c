/* Indices and meanings: Java Native Interface Specification, chapter 4. */
#include "jni_env.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "elf_image.h"

enum { FUNCTIONS = 235, VM_FUNCTIONS = 8, VERSION = 0x00010006, MAX_NATIVES = 64 };

enum kind { STRING = 1, FLOATS, INTS, BYTES, CLASS, EXCEPTION };

struct object {
  uint32_t magic;
  enum kind kind;
  int32_t count;
  size_t width;
  int pinned; /* Get…Elements and critical calls not released */
  void* data;
};

struct native {
  const char* name;
  const char* signature;
  void* function;
};

enum { MAGIC = 0x4a4f424a };

static void* functions[FUNCTIONS];
static void* const* environment = functions;
static void* vm_functions[VM_FUNCTIONS];
static void* const* machine = vm_functions;
static struct object* pending;
static struct native natives[MAX_NATIVES];
static size_t native_count;

static struct object* make(enum kind kind, size_t width, size_t count, const void* data) {
  struct object* object = calloc(1, sizeof *object);
  object->magic = MAGIC;
  object->kind = kind;
  object->width = width;
  object->count = (int32_t)count;
  /* One element more: the terminator of a string, and no array of size 0. */
  object->data = calloc(count + 1, width);
  if (data) memcpy(object->data, data, width * count);
  return object;
}

static struct object* expect(void* reference, unsigned kinds, const char* function) {
  struct object* object = reference;
  if (!object || object->magic != MAGIC || !(kinds >> object->kind & 1))
    die(EXIT_RESULT, "JNI %s got an object of the wrong kind", function);
  return object;
}

/* Only clean-up is allowed then; Android ends an app that is being debugged. */
static void refuse_pending(const char* function) {
  if (pending) die(EXIT_RESULT, "JNI %s called with an exception pending", function);
}

enum { ANY_ARRAY = 1 << FLOATS | 1 << INTS | 1 << BYTES };

static void throw_new(const char* class_name, const char* text) {
  char message[1024];
  snprintf(message, sizeof message, "%s: %s", class_name, text ? text : "");
  if (!pending) pending = make(EXCEPTION, 1, strlen(message), message);
}

static int in_bounds(const struct object* array, int32_t start, int32_t length) {
  if (start >= 0 && length >= 0 && start <= array->count && length <= array->count - start)
    return 1;
  throw_new("java/lang/ArrayIndexOutOfBoundsException", "array region");
  return 0;
}

static int32_t get_version(void* env) {
  (void)env;
  return VERSION;
}

static void* find_class(void* env, const char* name) {
  (void)env;
  refuse_pending("FindClass");
  return jni_class(name);
}

static void* same_reference(void* env, void* reference) {
  (void)env;
  return reference;
}
static void no_result(void* env, void* reference) { (void)env, (void)reference; }
static int32_t success(void* env, int32_t value) {
  (void)env, (void)value;
  return 0;
}

static int32_t throw(void* env, void* exception) {
  (void)env;
  pending = expect(exception, 1 << EXCEPTION, "Throw");
  return 0;
}

static int32_t throw_message(void* env, void* class, const char* text) {
  (void)env;
  refuse_pending("ThrowNew");
  throw_new(expect(class, 1 << CLASS, "ThrowNew")->data, text);
  return 0;
}

static void* exception_occurred(void* env) {
  (void)env;
  return pending;
}
static uint8_t exception_check(void* env) {
  (void)env;
  return pending != 0;
}
static void exception_clear(void* env) {
  (void)env;
  pending = 0;
}
static void* new_string(void* env, const char* text) {
  (void)env;
  return jni_string(text);
}

static int32_t string_length(void* env, void* string) {
  (void)env;
  return expect(string, 1 << STRING, "GetStringUTFLength")->count;
}

static const char* string_chars(void* env, void* string, uint8_t* copied) {
  (void)env;
  refuse_pending("GetStringUTFChars");
  struct object* object = expect(string, 1 << STRING, "GetStringUTFChars");
  if (copied) *copied = 0;
  object->pinned++;
  return object->data;
}

static void release_string(void* env, void* string, const char* chars) {
  (void)env;
  struct object* object = expect(string, 1 << STRING, "ReleaseStringUTFChars");
  if (chars != object->data || object->pinned-- <= 0)
    die(EXIT_RESULT, "JNI ReleaseStringUTFChars of characters that were not taken");
}

static int32_t array_length(void* env, void* array) {
  (void)env;
  refuse_pending("GetArrayLength");
  return expect(array, ANY_ARRAY, "GetArrayLength")->count;
}

static void* new_array(enum kind kind, size_t width, int32_t count) {
  refuse_pending("New…Array");
  if (count >= 0) return make(kind, width, (size_t)count, 0);
  throw_new("java/lang/NegativeArraySizeException", "array");
  return 0;
}

static void* new_bytes(void* env, int32_t count) {
  (void)env;
  return new_array(BYTES, 1, count);
}
static void* new_ints(void* env, int32_t count) {
  (void)env;
  return new_array(INTS, 4, count);
}
static void* new_floats(void* env, int32_t count) {
  (void)env;
  return new_array(FLOATS, 4, count);
}

static void* array_elements(void* env, void* array, uint8_t* copied) {
  (void)env;
  refuse_pending("Get…ArrayElements");
  struct object* object = expect(array, ANY_ARRAY, "Get…ArrayElements");
  if (copied) *copied = 0;
  object->pinned++;
  return object->data;
}

static void release_elements(void* env, void* array, void* data, int32_t mode) {
  (void)env, (void)mode;
  struct object* object = expect(array, ANY_ARRAY, "Release…ArrayElements");
  if (data != object->data || object->pinned-- <= 0)
    die(EXIT_RESULT, "JNI Release…ArrayElements of elements that were not taken");
}

static void get_region(void* env, void* array, int32_t start, int32_t length, void* to) {
  (void)env;
  refuse_pending("Get…ArrayRegion");
  struct object* object = expect(array, ANY_ARRAY, "Get…ArrayRegion");
  if (in_bounds(object, start, length))
    memcpy(to, (char*)object->data + start * object->width, length * object->width);
}

static void set_region(void* env, void* array, int32_t start, int32_t length, const void* from) {
  (void)env;
  refuse_pending("Set…ArrayRegion");
  struct object* object = expect(array, ANY_ARRAY, "Set…ArrayRegion");
  if (in_bounds(object, start, length))
    memcpy((char*)object->data + start * object->width, from, length * object->width);
}

static int32_t register_natives(void* env, void* class, const struct native* methods,
                                int32_t count) {
  (void)env;
  expect(class, 1 << CLASS, "RegisterNatives");
  for (int32_t i = 0; i < count && native_count < MAX_NATIVES; i++)
    natives[native_count++] = methods[i];
  return 0;
}

static int32_t get_vm(void* env, void** result) {
  (void)env;
  *result = jni_vm();
  return 0;
}

static int32_t get_env(void* vm, void** result, int32_t version) {
  (void)vm, (void)version;
  *result = jni_env();
  return 0;
}

/* One function for each entry, so that the message can name it. */
#define MISSING(n) \
  static void missing_##n(void) { die(EXIT_IMPORT, "JNI function %d is not provided", n); }
#define DECADE(f, n) f(n##0) f(n##1) f(n##2) f(n##3) f(n##4) f(n##5) f(n##6) f(n##7) f(n##8) f(n##9)
#define CENTURY(f, n)                                                                             \
  DECADE(f, n##0)                                                                                 \
  DECADE(f, n##1) DECADE(f, n##2) DECADE(f, n##3) DECADE(f, n##4) DECADE(f, n##5) DECADE(f, n##6) \
      DECADE(f, n##7) DECADE(f, n##8) DECADE(f, n##9)
#define ENTRIES(f)                                                                               \
  f(4) f(5) f(6) f(7) f(8) f(9) DECADE(f, 1) DECADE(f, 2) DECADE(f, 3) DECADE(f, 4) DECADE(f, 5) \
      DECADE(f, 6) DECADE(f, 7) DECADE(f, 8) DECADE(f, 9) CENTURY(f, 1) DECADE(f, 20)            \
          DECADE(f, 21) DECADE(f, 22) f(230) f(231) f(232) f(233) f(234)
ENTRIES(MISSING)
#define SET_MISSING(n) functions[n] = (void*)missing_##n;

static void fill_objects(void) {
  functions[4] = (void*)get_version;
  functions[6] = (void*)find_class;
  functions[13] = (void*)throw;
  functions[14] = (void*)throw_message;
  functions[15] = (void*)exception_occurred;
  functions[16] = (void*)no_result; /* ExceptionDescribe */
  functions[17] = (void*)exception_clear;
  functions[19] = (void*)success;        /* PushLocalFrame */
  functions[20] = (void*)same_reference; /* PopLocalFrame */
  functions[21] = (void*)same_reference; /* NewGlobalRef */
  functions[22] = (void*)no_result;      /* DeleteGlobalRef */
  functions[23] = (void*)no_result;      /* DeleteLocalRef */
  functions[25] = (void*)same_reference; /* NewLocalRef */
  functions[26] = (void*)success;        /* EnsureLocalCapacity */
  functions[215] = (void*)register_natives;
  functions[219] = (void*)get_vm;
  functions[228] = (void*)exception_check;
}

static void fill_strings_and_arrays(void) {
  functions[167] = (void*)new_string;
  functions[168] = (void*)string_length;
  functions[169] = (void*)string_chars;
  functions[170] = (void*)release_string;
  functions[171] = (void*)array_length;
  functions[176] = (void*)new_bytes;
  functions[179] = (void*)new_ints;
  functions[181] = (void*)new_floats;
  static const int elements[] = {184, 187, 189, 222};
  static const int releases[] = {192, 195, 197, 223};
  static const int gets[] = {200, 203, 205}, sets[] = {208, 211, 213};
  for (int i = 0; i < 4; i++) {
    functions[elements[i]] = (void*)array_elements;
    functions[releases[i]] = (void*)release_elements;
  }
  for (int i = 0; i < 3; i++) {
    functions[gets[i]] = (void*)get_region;
    functions[sets[i]] = (void*)set_region;
  }
}

void* jni_env(void) {
  if (!functions[4]) {
    ENTRIES(SET_MISSING)
    fill_objects();
    fill_strings_and_arrays();
  }
  return &environment;
}

void* jni_vm(void) {
  vm_functions[4] = (void*)get_env; /* AttachCurrentThread */
  vm_functions[5] = (void*)success; /* DetachCurrentThread */
  vm_functions[6] = (void*)get_env;
  vm_functions[7] = (void*)get_env; /* AttachCurrentThreadAsDaemon */
  return &machine;
}

void* jni_string(const char* text) { return make(STRING, 1, strlen(text), text); }
void* jni_class(const char* name) { return make(CLASS, 1, strlen(name), name); }
void* jni_float_array(const float* data, size_t count) { return make(FLOATS, 4, count, data); }
void* jni_int_array(const int32_t* data, size_t count) { return make(INTS, 4, count, data); }

const float* jni_floats(void* array, size_t* count) {
  struct object* object = expect(array, 1 << FLOATS, "result");
  *count = (size_t)object->count;
  return object->data;
}

void jni_check_exception(const char* native) {
  if (pending) die(EXIT_RESULT, "%s threw %s", native, (const char*)pending->data);
}

void* jni_registered(const char* method) {
  for (size_t i = 0; i < native_count; i++) {
    if (!strcmp(natives[i].name, method)) return natives[i].function;
  }
  return 0;
}
