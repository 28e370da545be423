/* The C interface of a library made by mobilegen: one model, compiled in by its shapes and layers.
 *
 * A model is one or more files, in the order of mobilegen_file_name. Every function that opens an
 * engine first compares them with the digests in the library; the runtime parses nothing else.
 *
 * Ownership: the caller owns every array that it passes in; nothing is kept after a call returns,
 * except for the memory of files that mobilegen_open is given. Names and shapes of tensors that are
 * handed out belong to the library and stay valid until it is unloaded.
 *
 * Threads: every function may be called from any thread. Any number of engines may be open. Calls
 * of mobilegen_predict, mobilegen_classify and mobilegen_set_threads on the same engine wait for
 * each other; different engines are independent. mobilegen_close must be the last call on its
 * engine.
 *
 * Units: shapes count elements, batch axis included, outermost first. Arrays hold elements of their
 * tensor's type in that order without gaps, each array at an address for that type.
 */
#ifndef MOBILEGEN_ENGINE_H
#define MOBILEGEN_ENGINE_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define MOBILEGEN_API
#else
#define MOBILEGEN_API __attribute__((visibility("default")))
#endif

/* A library that is linked into programs beside those of other models has names of its own. */
#if defined(MOBILEGEN_NAMES)
#include "mobilegen_names.h"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Results of the functions that return a status. */
#define MOBILEGEN_OK 0
#define MOBILEGEN_ERROR_ARGUMENT (-1) /* null, out of range */
#define MOBILEGEN_ERROR_FILE (-2)     /* missing, unreadable, empty */
#define MOBILEGEN_ERROR_MODEL (-3)    /* damaged, or not the model this library was built for */
#define MOBILEGEN_ERROR_MEMORY (-4)   /* not enough memory */
#define MOBILEGEN_ERROR_RUN (-5)      /* the runtime could not compute the outputs */

/* Types of elements. The runtime may compute in another one: what goes in and out then keeps its
 * value, or the call fails. Whole numbers beyond 2^24 do not fit into 32-bit floats; numbers with a
 * fraction do not fit into whole ones; real numbers are rounded to the nearest of a smaller type.
 */
#define MOBILEGEN_FLOAT32 0
#define MOBILEGEN_FLOAT16 1 /* IEEE 754 binary16 in 16 bits */
#define MOBILEGEN_FLOAT64 2
#define MOBILEGEN_INT32 3
#define MOBILEGEN_INT64 4
#define MOBILEGEN_UINT8 5
#define MOBILEGEN_BOOL 6 /* a byte: 0 is false, any other true; outputs are 0 or 1 */
#define MOBILEGEN_TYPES 7

/* The most threads that mobilegen_open and mobilegen_set_threads take. */
#define MOBILEGEN_MAX_THREADS 64

/* What mobilegen_last_seconds tells. */
#define MOBILEGEN_SECONDS_PREDICT 0    /* the network */
#define MOBILEGEN_SECONDS_PREPROCESS 1 /* from the image to the input */
#define MOBILEGEN_SECONDS_KINDS 2

/* Formats of images. */
#define MOBILEGEN_RGB 0    /* planes[0]: red, green, blue; a byte each */
#define MOBILEGEN_RGBA 1   /* planes[0]: red, green, blue and a byte that is ignored */
#define MOBILEGEN_YUV420 2 /* Y, U, V in three planes with any strides: YUV_420_888 */
#define MOBILEGEN_NV21 3   /* planes[0]: width * height of Y, then V and U by turns */

typedef struct mobilegen_engine mobilegen_engine;

/* Where the bytes of one file are: at `path` in UTF-8; or, if that is NULL, in memory from `data`;
 * or, if that is NULL too, in the open file `descriptor`, for example of an uncompressed asset in an
 * APK. The descriptor may be closed after the call and may be the same for several files. Memory
 * must stay as it is until mobilegen_close; it is used where it is if it begins at an address for
 * floats, else copied.
 */
typedef struct mobilegen_file {
  const char* path;
  int descriptor;
  int64_t offset; /* of the first byte in the open file */
  int64_t length; /* in bytes; negative: up to the end of the open file */
  const void* data;
  size_t size; /* bytes from `data` */
} mobilegen_file;

typedef struct mobilegen_plane {
  const void* data;
  size_t size;      /* bytes that may be read */
  int row_stride;   /* bytes from a row to the next; ignored for NV21 */
  int pixel_stride; /* bytes from a value to the next; for YUV420 only */
} mobilegen_plane;

typedef struct mobilegen_image {
  int format;
  int width; /* as stored, up to 65535 */
  int height;
  int rotation; /* degrees clockwise that make it upright: 0, 90, 180 or 270 */
  int mirrored; /* not 0: left and right are swapped, after the rotation */
  mobilegen_plane planes[3];
} mobilegen_image;

typedef struct mobilegen_class {
  int index;
  float probability;
  const char* label; /* NULL if the engine has no labels; else valid until mobilegen_close */
} mobilegen_class;

/* Number of files that the model has. */
MOBILEGEN_API int mobilegen_file_count(void);

/* Name of file i in a folder with the model; NULL if there is none. */
MOBILEGEN_API const char* mobilegen_file_name(int i);

/* Loads the model and prepares it.
 *
 * What comes from a path or a descriptor stays mapped until mobilegen_close: replace such a file by
 * renaming, never by writing into it.
 *
 * files: mobilegen_file_count of them, in the order of mobilegen_file_name.
 * threads: how many compute, 1 to MOBILEGEN_MAX_THREADS.
 * engine: receives the engine; set to NULL on failure.
 */
MOBILEGEN_API int mobilegen_open(const mobilegen_file* files, int count, int threads,
                                 mobilegen_engine** engine);

/* The same from a folder, in UTF-8, with the files as mobilegen_file_name calls them. */
MOBILEGEN_API int mobilegen_open_folder(const char* folder, int threads,
                                        mobilegen_engine** engine);

/* The same from the model inside of the library; an error if it was built without. */
MOBILEGEN_API int mobilegen_open_embedded(int threads, mobilegen_engine** engine);

/* Number of inputs; 0 if engine is NULL. */
MOBILEGEN_API int mobilegen_input_count(const mobilegen_engine* engine);

/* The source model's name of input i; NULL if there is none. */
MOBILEGEN_API const char* mobilegen_input_name(const mobilegen_engine* engine, int i);

/* Number of dimensions of input i, 0 for a scalar; -1 if there is no such input. */
MOBILEGEN_API int mobilegen_input_rank(const mobilegen_engine* engine, int i);

/* Sizes of input i, mobilegen_input_rank of them; NULL if there is no such input. */
MOBILEGEN_API const int* mobilegen_input_shape(const mobilegen_engine* engine, int i);

/* Type of the elements of input i, for example MOBILEGEN_FLOAT32; -1 if there is no such input. */
MOBILEGEN_API int mobilegen_input_type(const mobilegen_engine* engine, int i);

/* The same for outputs. */
MOBILEGEN_API int mobilegen_output_count(const mobilegen_engine* engine);
MOBILEGEN_API const char* mobilegen_output_name(const mobilegen_engine* engine, int i);
MOBILEGEN_API int mobilegen_output_rank(const mobilegen_engine* engine, int i);
MOBILEGEN_API const int* mobilegen_output_shape(const mobilegen_engine* engine, int i);
MOBILEGEN_API int mobilegen_output_type(const mobilegen_engine* engine, int i);

/* Sets how many threads compute, 1 to MOBILEGEN_MAX_THREADS.
 *
 * The runtime lays the weights out for that number, so a change loads the model again; on failure
 * the engine goes on as it was.
 */
MOBILEGEN_API int mobilegen_set_threads(mobilegen_engine* engine, int threads);

/* Computes all outputs from all inputs.
 *
 * inputs: one array for each input, in the order of mobilegen_input_name, of mobilegen_input_type.
 * outputs: one array for each output, to be filled; undefined after a failure. None may share
 * memory with another array.
 */
MOBILEGEN_API int mobilegen_predict(mobilegen_engine* engine, const void* const* inputs,
                                    void* const* outputs);

/* Writes the model's input for an image, as the training did; an error if the library was built
 * without `preprocess`.
 *
 * input: as many floats as the model's input has.
 */
MOBILEGEN_API int mobilegen_preprocess(const mobilegen_image* image, float* input);

/* Preprocesses an image, computes all outputs and names the best classes of the first one,
 * which must be of 32-bit floats.
 *
 * classes: room for k of them; best first.
 * Returns the number of classes that were written, or a negative status.
 */
MOBILEGEN_API int mobilegen_classify(mobilegen_engine* engine, const mobilegen_image* image, int k,
                                     mobilegen_class* classes);

/* The same from scores of the first output that were computed already. They go through softmax,
 * unless the model gives probabilities itself; among equal ones the lower index comes first, and
 * not-a-number is left out.
 *
 * engine: for the labels; may be NULL.
 */
MOBILEGEN_API int mobilegen_top_classes(mobilegen_engine* engine, const float* scores, int count,
                                        int k, mobilegen_class* classes);

/* Gives the classes of the first output their names, once in an engine's life. An engine of a
 * model inside of the library has those that were compiled in with it, if any.
 *
 * text: one name per line in UTF-8, as many as there are classes; size in bytes. It is copied.
 */
MOBILEGEN_API int mobilegen_set_labels(mobilegen_engine* engine, const char* text, size_t size);

/* The same from a file. */
MOBILEGEN_API int mobilegen_load_labels(mobilegen_engine* engine, const char* path);

/* Name of class i; NULL if there is none. Valid until mobilegen_close. */
MOBILEGEN_API const char* mobilegen_label(mobilegen_engine* engine, int i);

/* Seconds of the engine's last prediction, without waiting for one that is under way; negative for
 * a NULL engine or an unknown kind.
 */
MOBILEGEN_API double mobilegen_last_seconds(mobilegen_engine* engine, int kind);

/* What went wrong in the last call of this thread that failed; "" if none did.
 * Valid until the next failure in the same thread.
 */
MOBILEGEN_API const char* mobilegen_last_error(void);

/* Frees the engine and unmaps its files; NULL is allowed. */
MOBILEGEN_API void mobilegen_close(mobilegen_engine* engine);

#ifdef __cplusplus
}
#endif

#endif
