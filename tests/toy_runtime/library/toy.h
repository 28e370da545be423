/* The C interface of the toy runtime. */
#ifndef TOY_H
#define TOY_H

#include <stddef.h>
#include <stdint.h>

#define TOY_API __attribute__((visibility("default")))

#ifdef __cplusplus
extern "C" {
#endif

typedef struct toy_model toy_model;

/* Opens a model in memory; NULL, and the reason in `said`, when it cannot be read. */
TOY_API toy_model* toy_open(const void* data, size_t size, int threads, char* said, size_t room);

/* Computes rows x columns x channels bytes from as many whole numbers; 0 if all went well. */
TOY_API int toy_run(toy_model* model, const int64_t* x, uint8_t* y);

TOY_API void toy_close(toy_model* model);

#ifdef __cplusplus
}
#endif

#endif
