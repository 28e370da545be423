/* A small Android library with the exports of a generated one: y[i] = tanh(w[i] * x[i]).
 *
 * It needs no Android headers, so that the executors can be tested apart from the rest, and it can
 * misbehave in the ways that tests ask for:
 *   STANDIN_CRASH    predict writes through a null pointer
 *   STANDIN_HANG     predict never returns
 *   STANDIN_MISSING  predict calls a function that no Android has
 *   STANDIN_THROW    the Java native throws java.lang.IllegalStateException
 *   STANDIN_PENDING  the Java native goes on calling JNI while an exception is pending
 *   STANDIN_WRONG    the Java native takes a string for an array
 *   STANDIN_OVERRUN  predict and preprocess write one element too many
 *   STANDIN_REFUSE   preprocess returns an error
 *   STANDIN_DIFFER   predictImage does not give what predict gives
 * w is read from the weights file; the number of elements is the first word of the params file.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "mobilegen/engine.h"

#ifdef __LP64__
typedef struct {
  long words[5];
} mutex_t;
typedef struct {
  long words[6];
} cond_t;
#else
typedef struct {
  int word;
} mutex_t;
typedef struct {
  int word;
} cond_t;
#endif
typedef long thread_t;
typedef struct file file_t;

extern void* malloc(size_t);
extern void free(void*);
extern void* memset(void*, int, size_t);
extern void* memcpy(void*, const void*, size_t);
extern size_t strlen(const char*);
extern int snprintf(char*, size_t, const char*, ...);
extern int sscanf(const char*, const char*, ...);
extern file_t* fopen(const char*, const char*);
extern size_t fread(void*, size_t, size_t, file_t*);
extern int fclose(file_t*);
extern float tanhf(float);
extern long sysconf(int);
extern int pthread_create(thread_t*, const void*, void* (*)(void*), void*);
extern int pthread_join(thread_t, void**);
extern int pthread_mutex_init(mutex_t*, const void*);
extern int pthread_mutex_lock(mutex_t*);
extern int pthread_mutex_unlock(mutex_t*);
extern int pthread_mutex_destroy(mutex_t*);
extern int pthread_cond_init(cond_t*, const void*);
extern int pthread_cond_wait(cond_t*, mutex_t*);
extern int pthread_cond_broadcast(cond_t*);
extern int pthread_cond_destroy(cond_t*);
extern volatile int* __errno(void);
extern int __android_log_print(int, const char*, const char*, ...);
#ifdef STANDIN_MISSING
extern int function_of_no_android(int);
#endif

#define EXPORT __attribute__((visibility("default")))

struct mobilegen_engine {
  int count;
  int threads;
  float* weights;
  int shape[4];
};

static volatile int constructed;
static mobilegen_engine* loaded;
static int wanted_threads = 1;
static char message[256];

__attribute__((constructor)) static void construct(void) { constructed = 1; }

enum { BIONIC_SC_PAGE_SIZE = 0x28 };

/* Results are scaled by what must be 1: a loader which forgets constructors, or gives sysconf the
 * host's meaning instead of Android's, is seen. */
static int scale(void) { return constructed && sysconf(BIONIC_SC_PAGE_SIZE) == 4096; }

static int fail(const char* what, const char* path) {
  snprintf(message, sizeof message, "%s: %s (errno %d)", what, path, *__errno());
  return -1;
}

static size_t read_file(const char* path, void* data, size_t size) {
  file_t* file = fopen(path, "rb");
  if (!file) return 0;
  size = fread(data, 1, size, file);
  fclose(file);
  return size;
}

EXPORT const char* mobilegen_last_error(void) { return message; }

EXPORT void mobilegen_close(mobilegen_engine* engine) {
  if (engine) free(engine->weights);
  free(engine);
}

static int open_paths(const char* params, const char* weights, mobilegen_engine** out) {
  char text[64];
  size_t size = read_file(params, text, sizeof text - 1);
  int count = 0;
  text[size] = 0;
  if (sscanf(text, "%d", &count) != 1 || count < 4 || count % 4)
    return fail("cannot read params", params);
  mobilegen_engine* engine = malloc(sizeof *engine);
  memset(engine, 0, sizeof *engine);
  engine->count = count;
  engine->threads = 1;
  engine->shape[0] = 1, engine->shape[1] = 2, engine->shape[2] = 2, engine->shape[3] = count / 4;
  engine->weights = malloc(4u * count);
  if (read_file(weights, engine->weights, 4u * count) != 4u * count) {
    mobilegen_close(engine);
    return fail("cannot read weights", weights);
  }
  __android_log_print(4, "standin", "opened %d elements", count);
  *out = engine;
  return 0;
}

EXPORT int mobilegen_set_threads(mobilegen_engine* engine, int threads) {
  if (threads < 1 || threads > 16) return fail("bad number of threads", "set_threads");
  engine->threads = threads;
  return 0;
}

EXPORT int mobilegen_file_count(void) { return 2; }

EXPORT int mobilegen_open(const mobilegen_file* files, int count, int threads,
                          mobilegen_engine** out) {
  if (count != 2 || files[0].descriptor || files[1].offset || files[0].data || files[1].size)
    return fail("not two paths", "open");
  const int status = open_paths(files[0].path, files[1].path, out);
  return status ? status : mobilegen_set_threads(*out, threads);
}

EXPORT int mobilegen_input_type(const mobilegen_engine* e, int i) {
  return e && !i ? MOBILEGEN_FLOAT32 : -1;
}
EXPORT int mobilegen_output_type(const mobilegen_engine* e, int i) {
  return e && !i ? MOBILEGEN_FLOAT32 : -1;
}
EXPORT int mobilegen_input_count(const mobilegen_engine* engine) { return engine ? 1 : 0; }
EXPORT int mobilegen_output_count(const mobilegen_engine* engine) { return engine ? 1 : 0; }
EXPORT const char* mobilegen_input_name(const mobilegen_engine* e, int i) {
  return e && !i ? "x" : 0;
}
EXPORT const char* mobilegen_output_name(const mobilegen_engine* e, int i) {
  return e && !i ? "y" : 0;
}
EXPORT int mobilegen_input_rank(const mobilegen_engine* e, int i) { return e && !i ? 4 : -1; }
EXPORT int mobilegen_output_rank(const mobilegen_engine* e, int i) { return e && !i ? 4 : -1; }
EXPORT const int* mobilegen_input_shape(const mobilegen_engine* e, int i) {
  return e && !i ? e->shape : 0;
}
EXPORT const int* mobilegen_output_shape(const mobilegen_engine* e, int i) {
  return e && !i ? e->shape : 0;
}

struct gate {
  mutex_t mutex;
  cond_t cond;
  int ready;
};

struct part {
  const mobilegen_engine* engine;
  const float* x;
  float* y;
  int begin, end;
  struct gate* gate;
};

static void* work(void* argument) {
  struct part* part = argument;
  pthread_mutex_lock(&part->gate->mutex);
  while (!part->gate->ready) pthread_cond_wait(&part->gate->cond, &part->gate->mutex);
  pthread_mutex_unlock(&part->gate->mutex);
  for (int i = part->begin; i < part->end; i++)
    part->y[i] = scale() * tanhf(part->engine->weights[i] * part->x[i]);
  return 0;
}

static void compute(const mobilegen_engine* engine, const float* x, float* y) {
  struct gate gate = {.ready = 0};
  struct part parts[16];
  thread_t threads[16];
  int n = engine->threads;
  pthread_mutex_init(&gate.mutex, 0);
  pthread_cond_init(&gate.cond, 0);
  for (int t = 0; t < n; t++) {
    parts[t] =
        (struct part){engine, x, y, engine->count * t / n, engine->count * (t + 1) / n, &gate};
    if (t) pthread_create(&threads[t], 0, work, &parts[t]);
  }
  pthread_mutex_lock(&gate.mutex);
  gate.ready = 1;
  pthread_cond_broadcast(&gate.cond);
  pthread_mutex_unlock(&gate.mutex);
  work(&parts[0]);
  for (int t = 1; t < n; t++) pthread_join(threads[t], 0);
  pthread_cond_destroy(&gate.cond);
  pthread_mutex_destroy(&gate.mutex);
}

static volatile int* nowhere;
static volatile int always = 1;

EXPORT int mobilegen_predict(mobilegen_engine* engine, const void* const* inputs,
                             void* const* outputs) {
#ifdef STANDIN_CRASH
  *nowhere = 1;
#endif
#ifdef STANDIN_HANG
  while (always) {
  }
#endif
#ifdef STANDIN_MISSING
  if (!always) return function_of_no_android(engine->count);
#endif
  compute(engine, inputs[0], outputs[0]);
#ifdef STANDIN_OVERRUN
  ((float*)outputs[0])[engine->count] = 1;
#endif
  return 0;
}

/* Tells what it was given: the fields of the image, then its pixels. */
EXPORT int mobilegen_preprocess(const mobilegen_image* image, float* input) {
  const mobilegen_plane* plane = image->planes;
  const float told[] = {image->format,     image->width,
                        image->height,     image->rotation,
                        image->mirrored,   plane->size,
                        plane->row_stride, plane->pixel_stride,
                        !plane[1].data,    plane[2].size};
  enum { COUNT = 64, TOLD = sizeof told / sizeof *told };
#ifdef STANDIN_REFUSE
  return fail("no image", "preprocess");
#endif
  for (int i = 0; i < COUNT; i++) {
    const size_t at = (size_t)i - TOLD;
    input[i] = i < TOLD ? told[i] : at < plane->size ? ((const unsigned char*)plane->data)[at] : 0;
  }
#ifdef STANDIN_OVERRUN
  input[COUNT] = 1;
#endif
  return 0;
}

EXPORT int mobilegen_top_classes(mobilegen_engine* engine, const float* scores, int count, int k,
                                 mobilegen_class* classes) {
  classes->index = 0;
  for (int i = 1; i < count; i++) {
    if (scores[i] > scores[classes->index]) classes->index = i;
  }
  classes->probability = scores[classes->index];
  return k == 1;
}

EXPORT int mobilegen_classify(mobilegen_engine* engine, const mobilegen_image* image, int k,
                              mobilegen_class* classes) {
  classes->index = image->width;
  classes->probability = engine ? 0.25f : 0;
  return k == 1;
}

EXPORT int mobilegen_open_embedded(int threads, mobilegen_engine** out) {
  *out = 0;
  return fail("no model", "open_embedded");
}

/* The Java natives; entries of the JNI function table by their index in the JNI specification. */
typedef const void* const* const* Env;
#define JNI(index, result, ...) ((result (*)(Env, ##__VA_ARGS__))(*env)[index])

static unsigned char open_folder(Env env, const char* params, const char* weights) {
  mobilegen_close(loaded);
  loaded = 0;
  if (open_paths(params, weights, &loaded)) return 0;
  return mobilegen_set_threads(loaded, wanted_threads) == 0;
}

EXPORT unsigned char Java_org_example_my_1app_ImageRecognition_load(Env env, void* klass,
                                                                    void* folder) {
  const char* text = JNI(169, const char*, void*, unsigned char*)(env, folder, 0);
  char params[1024], weights[1024];
  snprintf(params, sizeof params, "%s/model.param", text);
  snprintf(weights, sizeof weights, "%s/model.bin", text);
  JNI(170, void, void*, const char*)(env, folder, text);
  return open_folder(env, params, weights);
}

EXPORT unsigned char Java_org_example_my_1app_ImageRecognition_loadCombined(Env env, void* klass,
                                                                            void* model,
                                                                            void* params) {
  const char* first = JNI(169, const char*, void*, unsigned char*)(env, model, 0);
  const char* second = JNI(169, const char*, void*, unsigned char*)(env, params, 0);
  unsigned char good = open_folder(env, second, first);
  JNI(170, void, void*, const char*)(env, model, first);
  JNI(170, void, void*, const char*)(env, params, second);
  return good;
}

EXPORT void Java_org_example_my_1app_ImageRecognition_setThread(Env env, void* klass, int threads) {
  wanted_threads = threads;
}

EXPORT void Java_org_example_my_1app_ImageRecognition_clear(Env env, void* klass) {
  mobilegen_close(loaded);
  loaded = 0;
}

EXPORT void* Java_org_example_my_1app_ImageRecognition_predictImage(Env env, void* klass,
                                                                    void* input, void* dims) {
  int shape[4] = {0};
#ifdef STANDIN_PENDING
  JNI(14, int, void*, const char*)(env, JNI(6, void*, const char*)(env, "java/lang/Error"), "x");
  JNI(181, void*, int)(env, 1);
  JNI(17, void)(env);
#endif
#ifdef STANDIN_WRONG
  JNI(171, int, void*)(env, JNI(167, void*, const char*)(env, "text"));
#endif
  int count = JNI(171, int, void*)(env, input);
  JNI(203, void, void*, int, int, int*)(env, dims, 0, 4, shape);
#ifdef STANDIN_THROW
  shape[3] = -1;
#endif
  if (!loaded || shape[0] * shape[1] * shape[2] * shape[3] != loaded->count ||
      count != loaded->count) {
    void* type = JNI(6, void*, const char*)(env, "java/lang/IllegalStateException");
    JNI(14, int, void*, const char*)(env, type, "dims do not fit the model");
    return 0;
  }
  float* x = malloc(4u * count);
  float* y = malloc(4u * count + 4);
  JNI(205, void, void*, int, int, float*)(env, input, 0, count, x);
  const void* inputs[] = {x};
  void* outputs[] = {y};
  mobilegen_predict(loaded, inputs, outputs);
#ifdef STANDIN_DIFFER
  y[0] += 1;
#endif
  void* result = JNI(181, void*, int)(env, count);
  JNI(213, void, void*, int, int, const float*)(env, result, 0, count, y);
  free(x);
  free(y);
  return result;
}

EXPORT int64_t Java_org_example_my_1app_Model_openFiles0(Env env, void* klass, void* paths,
                                                         int threads) {
  mobilegen_file files[2];
  mobilegen_engine* engine = 0;
  memset(files, 0, sizeof files);
  for (int i = 0; i < 2; i++) {
    void* path = JNI(173, void*, void*, int)(env, paths, i);
    files[i].path = JNI(169, const char*, void*, unsigned char*)(env, path, 0);
  }
  if (mobilegen_open(files, 2, threads, &engine))
    JNI(14, int, void*, const char*)(env, JNI(6, void*, const char*)(env, "java/io/IOException"),
                                     message);
  return (intptr_t)engine;
}

EXPORT void Java_org_example_my_1app_Model_close0(Env env, void* model, int64_t handle) {
  mobilegen_close((mobilegen_engine*)(intptr_t)handle);
}

EXPORT void Java_org_example_my_1app_Model_setThreads0(Env env, void* model, int64_t handle,
                                                       int threads) {
  mobilegen_set_threads((mobilegen_engine*)(intptr_t)handle, threads);
}

EXPORT void* Java_org_example_my_1app_Model_names0(Env env, void* klass, unsigned char output) {
  void* type = JNI(6, void*, const char*)(env, "java/lang/String");
  void* name = JNI(167, void*, const char*)(env, output ? "y" : "x");
  return JNI(172, void*, int, void*, void*)(env, 1, type, name);
}

EXPORT void* Java_org_example_my_1app_Model_shape0(Env env, void* klass, unsigned char output,
                                                   int index) {
  const int shape[] = {1, 2, 2, 16};
  void* sizes = JNI(179, void*, int)(env, 4);
  JNI(211, void, void*, int, int, const int*)(env, sizes, 0, 4, shape);
  return sizes;
}

EXPORT int Java_org_example_my_1app_Model_type0(Env env, void* klass, unsigned char output,
                                                int index) {
  return MOBILEGEN_FLOAT32;
}

/* One is an array, or a direct buffer, whose address is known. */
EXPORT void Java_org_example_my_1app_Model_predict0(Env env, void* model, int64_t handle,
                                                    void* given, void* made) {
  enum { COUNT = 64 };
  float x[COUNT], y[COUNT];
  void* from = JNI(173, void*, void*, int)(env, given, 0);
  void* to = JNI(173, void*, void*, int)(env, made, 0);
  void* floats = JNI(6, void*, const char*)(env, "[F");
  const int arrays = JNI(32, unsigned char, void*, void*)(env, from, floats);
  if (arrays) JNI(205, void, void*, int, int, float*)(env, from, 0, COUNT, x);
  const void* inputs[] = {arrays ? x : JNI(230, void*, void*)(env, from)};
  void* outputs[] = {arrays ? y : JNI(230, void*, void*)(env, to)};
  mobilegen_predict((mobilegen_engine*)(intptr_t)handle, inputs, outputs);
  if (arrays) JNI(213, void, void*, int, int, const float*)(env, to, 0, COUNT, y);
}
