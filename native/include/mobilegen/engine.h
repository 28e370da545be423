/* The C interface of a library made by mobilegen: one model, compiled in by its shapes and layers.
 *
 * Ownership: the caller owns every array that it passes in; nothing is kept after a call returns.
 * Strings and shapes that are handed out belong to the library; they stay valid until it is
 * unloaded, except for the text of mobilegen_last_error.
 *
 * Threads: every function may be called from any thread. Calls of mobilegen_predict and
 * mobilegen_set_threads on the same engine wait for each other; different engines are independent.
 * mobilegen_close must be the last call on its engine.
 *
 * Units: shapes count elements, batch axis included, outermost first. Arrays hold 32-bit floats in
 * that order without gaps.
 */
#ifndef MOBILEGEN_ENGINE_H
#define MOBILEGEN_ENGINE_H

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

typedef struct mobilegen_engine mobilegen_engine;

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
