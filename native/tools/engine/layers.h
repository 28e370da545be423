/* Single layers of an engine, for programs that hold the engine's objects; not in the library.
 * engines/<runtime>/tools/profile.cpp implements it.
 */
#ifndef MOBILEGEN_TOOLS_LAYERS_H
#define MOBILEGEN_TOOLS_LAYERS_H

#include "mobilegen/engine.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int rank;
  int sizes[4]; /* outermost first */
} layer_shape;

/* Layers and blobs (results of layers) are numbered as in the runtime's own file. */
int layers_count(const mobilegen_engine* engine);
int layers_blob_count(const mobilegen_engine* engine);

/* Runs the layers one after the other.
 *
 * seconds: receives the time of every layer.
 * shapes: receives the shape of every blob, which costs time; or NULL.
 * Returns a status, as the functions of the engine do.
 */
int layers_run(mobilegen_engine* engine, const void* const* inputs, double* seconds,
               layer_shape* shapes);

#ifdef __cplusplus
}
#endif

#endif
