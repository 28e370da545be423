/* Runs an Android x86 or x86_64 library as an ordinary Linux process.
 *
 *   elfrun c      LIBRARY THREADS SAMPLES FILES PATH… INPUTS NAME… OUTPUTS NAME…
 *   elfrun jni    LIBRARY THREADS SAMPLES PREFIX FOLDER DIM…
 *   elfrun images LIBRARY SIZE CLASSIFY FILES PATH… SAMPLE…
 *
 * FILES, INPUTS and OUTPUTS are numbers of what follows. No FILES, or an empty FOLDER, stand for the
 * model inside of the library. PREFIX is the beginning of the natives' symbols,
 * "Java_…_ImageRecognition_". Sample s has its inputs in the files in.<s>.<i> of the current folder,
 * raw elements; outputs go to out.<s>.<i>, and facts to report.txt, "name value" on each line.
 * images.h has the third form.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "bionic_layouts.h"
#include "elf_image.h"
#include "images.h"
#include "imports.h"
#include "jni_env.h"
#include "model.h"

enum { MAX_TENSORS = 256, GUARD_BYTES = 64, GUARD = 0xa5 };

static struct elf_image library;
static FILE* report;

struct names {
  int count;
  char** list;
};

/* The library's functions, by the names of engine.h. */
static struct {
  __typeof__(mobilegen_input_count)*input_count, *output_count;
  __typeof__(mobilegen_input_name)*input_name, *output_name;
  __typeof__(mobilegen_input_rank)*input_rank, *output_rank;
  __typeof__(mobilegen_input_shape)*input_shape, *output_shape;
  __typeof__(mobilegen_input_type)*input_type, *output_type;
  __typeof__(mobilegen_set_threads)* set_threads;
  __typeof__(mobilegen_predict)* predict;
  __typeof__(mobilegen_last_error)* last_error;
  __typeof__(mobilegen_close)* close;
} engine;

void die(int code, const char* format, ...) {
  va_list values;
  va_start(values, format);
  fflush(0);
  fputs("elfrun: ", stderr);
  vfprintf(stderr, format, values);
  fputc('\n', stderr);
  va_end(values);
  _exit(code);
}

static uintptr_t program_counter(const ucontext_t* context) {
#ifdef __LP64__
  return (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
#else
  return (uintptr_t)context->uc_mcontext.gregs[REG_EIP];
#endif
}

static void on_crash(int number, siginfo_t* info, void* context) {
  char where[256] = "outside the library";
  elf_describe(&library, program_counter(context), where, sizeof where);
  dprintf(2, "elfrun: %s at %s, address %p\n", strsignal(number), where, info->si_addr);
  signal(number, SIG_DFL);
  raise(number);
}

static void catch_crashes(void) {
  static const int numbers[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};
  static char stack[1 << 16];
  stack_t alternative = {.ss_sp = stack, .ss_size = sizeof stack};
  struct sigaction action = {.sa_sigaction = on_crash, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  sigaltstack(&alternative, 0);
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) sigaction(numbers[i], &action, 0);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void* function(const char* name) {
  void* found = elf_find(&library, name);
  if (!found) die(EXIT_LIBRARY, "%s does not export %s", library.path, name);
  return found;
}

static void* read_tensor(int sample, int index, size_t* size) {
  char path[64];
  snprintf(path, sizeof path, "in.%d.%d", sample, index);
  FILE* file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END)) die(EXIT_USAGE, "cannot read %s", path);
  *size = (size_t)ftell(file);
  void* data = malloc(*size + 1);
  rewind(file);
  if (fread(data, 1, *size, file) != *size) die(EXIT_USAGE, "cannot read %s", path);
  fclose(file);
  return data;
}

static void write_tensor(int sample, int index, const void* data, size_t size) {
  char path[64];
  snprintf(path, sizeof path, "out.%d.%d", sample, index);
  FILE* file = fopen(path, "wb");
  if (!file || fwrite(data, 1, size, file) != size || fclose(file))
    die(EXIT_USAGE, "cannot write %s", path);
}

static void find_functions(void) {
  engine.input_count = function("mobilegen_input_count");
  engine.output_count = function("mobilegen_output_count");
  engine.input_name = function("mobilegen_input_name");
  engine.output_name = function("mobilegen_output_name");
  engine.input_rank = function("mobilegen_input_rank");
  engine.output_rank = function("mobilegen_output_rank");
  engine.input_shape = function("mobilegen_input_shape");
  engine.output_shape = function("mobilegen_output_shape");
  engine.input_type = function("mobilegen_input_type");
  engine.output_type = function("mobilegen_output_type");
  engine.set_threads = function("mobilegen_set_threads");
  engine.predict = function("mobilegen_predict");
  engine.last_error = function("mobilegen_last_error");
  engine.close = function("mobilegen_close");
}

static void require(int status, const char* what) {
  if (status) die(EXIT_RESULT, "%s returned %d: %s", what, status, engine.last_error());
}

static int index_of(const struct names* names, const char* name) {
  for (int i = 0; i < names->count; i++) {
    if (name && !strcmp(names->list[i], name)) return i;
  }
  die(EXIT_RESULT, "the library has a tensor %s that the model has not",
      name ? name : "without name");
}

static size_t bytes(const int* shape, int rank, int type) {
  static const size_t sizes[MOBILEGEN_TYPES] = {4, 2, 8, 4, 8, 1, 1};
  if (rank < 0 || (rank && !shape)) die(EXIT_RESULT, "the library gives no shape for a tensor");
  if (type < 0 || type >= MOBILEGEN_TYPES) die(EXIT_RESULT, "the library gives no type for a tensor");
  size_t size = sizes[type];
  for (int i = 0; i < rank; i++) size *= (size_t)shape[i];
  return size;
}

static size_t input_bytes(const mobilegen_engine* model, int i) {
  return bytes(engine.input_shape(model, i), engine.input_rank(model, i),
               engine.input_type(model, i));
}

static size_t output_bytes(const mobilegen_engine* model, int i) {
  return bytes(engine.output_shape(model, i), engine.output_rank(model, i),
               engine.output_type(model, i));
}

static void* guarded(size_t size) {
  void* data = malloc(size + GUARD_BYTES);
  return memset(data, GUARD, size + GUARD_BYTES);
}

static void check_guard(const unsigned char* data, size_t size, const char* name) {
  for (int i = 0; i < GUARD_BYTES; i++) {
    if (data[size + i] != GUARD)
      die(EXIT_RESULT, "mobilegen_predict wrote past the end of output %s", name);
  }
}

static void predict_engine(mobilegen_engine* model, int sample, const struct names* inputs,
                           const struct names* outputs) {
  const void* in[MAX_TENSORS];
  void* out[MAX_TENSORS];
  size_t size;
  for (int i = 0; i < inputs->count; i++) {
    in[i] = read_tensor(sample, index_of(inputs, engine.input_name(model, i)), &size);
    if (size != input_bytes(model, i))
      die(EXIT_RESULT, "input %s has another size in the library", engine.input_name(model, i));
  }
  for (int i = 0; i < outputs->count; i++) out[i] = guarded(output_bytes(model, i));
  double started = now();
  require(engine.predict(model, in, out), "mobilegen_predict");
  fprintf(report, "predict_seconds %.9f\n", now() - started);
  for (int i = 0; i < outputs->count; i++) {
    size = output_bytes(model, i);
    check_guard(out[i], size, engine.output_name(model, i));
    write_tensor(sample, index_of(outputs, engine.output_name(model, i)), out[i], size);
    free(out[i]);
  }
  for (int i = 0; i < inputs->count; i++) free((void*)in[i]);
}

static struct names take_names(char*** arguments) {
  struct names names = {.count = **arguments ? atoi(**arguments) : -1, .list = *arguments + 1};
  for (int i = 0; i < names.count; i++) {
    if (!names.list[i]) names.count = -1;
  }
  if (names.count < 0 || names.count > MAX_TENSORS) die(EXIT_USAGE, "bad list of names");
  *arguments += names.count + 1;
  return names;
}

static void run_engine(char** rest, int threads, int samples) {
  mobilegen_engine* model = 0;
  find_functions();
  double started = now();
  rest = open_model(&library, rest, 1, &model);
  if (threads > 1) require(engine.set_threads(model, threads), "mobilegen_set_threads");
  fprintf(report, "load_seconds %.9f\n", now() - started);
  struct names inputs = take_names(&rest), outputs = take_names(&rest);
  if (engine.input_count(model) != inputs.count || engine.output_count(model) != outputs.count)
    die(EXIT_RESULT, "the library has %d inputs and %d outputs, the model %d and %d",
        engine.input_count(model), engine.output_count(model), inputs.count, outputs.count);
  for (int sample = 0; sample < samples; sample++) predict_engine(model, sample, &inputs, &outputs);
  engine.close(model);
}

static void* native(const char* prefix, const char* method) {
  char name[1024];
  void* registered = jni_registered(method);
  snprintf(name, sizeof name, "%s%s", prefix, method);
  return registered ? registered : function(name);
}

static const char* reason(void) {
  const char* (*last_error)(void) = elf_find(&library, "mobilegen_last_error");
  return last_error ? last_error() : "";
}

static void load_jni(const char* prefix, const char* folder, int threads) {
  uint8_t (*load)(void*, void*, void*) = native(prefix, "load");
  void (*set_thread)(void*, void*, int) = native(prefix, "setThread");
  void* class = jni_class("ImageRecognition");
  double started = now();
  set_thread(jni_env(), class, threads);
  jni_check_exception("setThread");
  uint8_t loaded = load(jni_env(), class, *folder ? jni_string(folder) : 0);
  jni_check_exception("load");
  if (!loaded) die(EXIT_RESULT, "load returned false: %s", reason());
  fprintf(report, "load_seconds %.9f\n", now() - started);
}

static void predict_jni(const char* prefix, int sample, void* dims) {
  void* (*predict)(void*, void*, void*, void*) = native(prefix, "predictImage");
  size_t count;
  float* input = read_tensor(sample, 0, &count);
  count /= sizeof *input;
  void* array = jni_float_array(input, count);
  double started = now();
  void* result = predict(jni_env(), jni_class("ImageRecognition"), array, dims);
  double seconds = now() - started;
  jni_check_exception("predictImage");
  if (!result) die(EXIT_RESULT, "predictImage returned null: %s", reason());
  if (memcmp(jni_floats(array, &count), input, count * sizeof *input))
    die(EXIT_RESULT, "predictImage changed its input array");
  const float* values = jni_floats(result, &count);
  write_tensor(sample, 0, values, count * sizeof *values);
  fprintf(report, "predict_seconds %.9f\n", seconds);
  free(input);
}

static void run_natives(char** rest, int threads, int samples) {
  const char *prefix = rest[0], *folder = rest[1];
  int32_t dims[16];
  size_t rank = 0;
  for (; rest[2 + rank] && rank < sizeof dims / sizeof *dims; rank++)
    dims[rank] = atoi(rest[2 + rank]);
  int32_t (*on_load)(void*, void*) = elf_find(&library, "JNI_OnLoad");
  if (on_load) on_load(jni_vm(), 0);
  load_jni(prefix, folder, threads);
  for (int sample = 0; sample < samples; sample++)
    predict_jni(prefix, sample, jni_int_array(dims, rank));
  void (*clear)(void*, void*) = native(prefix, "clear");
  clear(jni_env(), jni_class("ImageRecognition"));
  jni_check_exception("clear");
}

int main(int count, char** arguments) {
  if (count < 6) die(EXIT_USAGE, "expects a mode, a library, the model, threads and samples");
  arguments++;
  catch_crashes();
  elf_load(&library, arguments[1], import_find);
  elf_construct(&library);
  if (!strcmp(arguments[0], "images")) {
    run_images(&library, arguments + 2);
    return 0;
  }
  report = fopen("report.txt", "w");
  if (!report) die(EXIT_USAGE, "cannot write report.txt");
  fprintf(report, "constructors %zu\n", library.constructors);
  int threads = atoi(arguments[2]), samples = atoi(arguments[3]);
  if (!strcmp(arguments[0], "c"))
    run_engine(arguments + 4, threads, samples);
  else
    run_natives(arguments + 4, threads, samples);
  fprintf(report, "threads_started %d\n", bionic_threads_started());
  fprintf(report, "thread_signals %d\n", bionic_thread_signals());
  if (fclose(report)) die(EXIT_USAGE, "cannot write report.txt");
  return 0;
}
