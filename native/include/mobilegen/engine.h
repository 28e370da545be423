/* The C interface of a library made by mobilegen: one model, compiled in by its shapes and layers.
 *
 * Every function that opens an engine first compares both files with the digests in the library;
 * the runtime parses nothing else.
 *
 * Ownership: the caller owns every array that it passes in; nothing is kept after a call returns,
 * except for the memory that mobilegen_open_memory is given. Names and shapes of tensors that are
 * handed out belong to the library and stay valid until it is unloaded.
 *
 * Threads: every function may be called from any thread. Any number of engines may be open. Calls of mobilegen_predict, mobilegen_classify and mobilegen_set_threads on
 * the same engine wait for each other; different engines are independent. mobilegen_close must be
 * the last call on its engine.
 *
 * Units: shapes count elements, batch axis included, outermost first. Arrays hold 32-bit floats in
 * that order without gaps.
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

/* The most threads that mobilegen_set_threads takes. */
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

/* Loads the model and prepares it for one thread.
 *
 * The weights stay mapped from their file until mobilegen_close: replace the file by renaming,
 * never by writing into it.
 *
 * params_path, weights_path: the two files of the model, in UTF-8.
 * engine: receives the engine; set to NULL on failure.
 */
MOBILEGEN_API int mobilegen_open(const char* params_path, const char* weights_path,
                                 mobilegen_engine** engine);

/* The same from memory, which must stay as it is until mobilegen_close. Weights are used where they
 * are if they begin at an address for floats, else copied.
 */
MOBILEGEN_API int mobilegen_open_memory(const void* params, size_t params_size,
                                        const void* weights, size_t weights_size,
                                        mobilegen_engine** engine);

/* The same from parts of open files, for example of uncompressed assets in an APK. The
 * descriptors may be closed afterwards; both may be the same.
 *
 * params_length, weights_length: in bytes; negative: up to the end of the file.
 */
MOBILEGEN_API int mobilegen_open_descriptor(int params, int64_t params_offset,
                                            int64_t params_length, int weights,
                                            int64_t weights_offset, int64_t weights_length,
                                            mobilegen_engine** engine);

/* The same from the model inside of the library; an error if it was built without. */
MOBILEGEN_API int mobilegen_open_embedded(mobilegen_engine** engine);

/* Number of inputs; 0 if engine is NULL. */
MOBILEGEN_API int mobilegen_input_count(const mobilegen_engine* engine);

/* The source model's name of input i; NULL if there is none. */
MOBILEGEN_API const char* mobilegen_input_name(const mobilegen_engine* engine, int i);

/* Number of dimensions of input i, 0 for a scalar; -1 if there is no such input. */
MOBILEGEN_API int mobilegen_input_rank(const mobilegen_engine* engine, int i);

/* Sizes of input i, mobilegen_input_rank of them; NULL if there is no such input. */
MOBILEGEN_API const int* mobilegen_input_shape(const mobilegen_engine* engine, int i);

/* The same for outputs. */
MOBILEGEN_API int mobilegen_output_count(const mobilegen_engine* engine);
MOBILEGEN_API const char* mobilegen_output_name(const mobilegen_engine* engine, int i);
MOBILEGEN_API int mobilegen_output_rank(const mobilegen_engine* engine, int i);
MOBILEGEN_API const int* mobilegen_output_shape(const mobilegen_engine* engine, int i);

/* Sets how many threads compute, 1 to MOBILEGEN_MAX_THREADS.
 *
 * The runtime lays the weights out for that number, so a change loads the model again; on failure
 * the engine goes on as it was.
 */
MOBILEGEN_API int mobilegen_set_threads(mobilegen_engine* engine, int threads);

/* Computes all outputs from all inputs.
 *
 * inputs: one array for each input, in the order of mobilegen_input_name.
 * outputs: one array for each output, to be filled; undefined after a failure.
 */
MOBILEGEN_API int mobilegen_predict(mobilegen_engine* engine, const float* const* inputs,
                                    float* const* outputs);

/* Writes the model's input for an image, as the training did; an error if the library was built
 * without `preprocess`.
 *
 * input: as many floats as the model's input has.
 */
MOBILEGEN_API int mobilegen_preprocess(const mobilegen_image* image, float* input);

/* Preprocesses an image, computes all outputs and names the best classes of the first one.
 *
 * classes: room for k of them; best first.
 * Returns the number of classes that were written, or a negative status.
 */
MOBILEGEN_API int mobilegen_classify(mobilegen_engine* engine, const mobilegen_image* image, int k,
                                     mobilegen_class* classes);

/* The same from scores that were computed already. Scores that are no distribution go through
 * softmax; among equal ones the lower index comes first, and not-a-number is left out.
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
