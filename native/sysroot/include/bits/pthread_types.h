/*
 * Storage of the pthread objects.
 * Layout facts: bionic libc/include/bits/pthread_types.h.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __LP64__
#define __PTHREAD_WORDS(bits64, bits32) bits64
#else
#define __PTHREAD_WORDS(bits64, bits32) bits32
#endif

typedef struct {
    uint32_t flags;
    void* stack_base;
    size_t stack_size;
    size_t guard_size;
    int32_t sched_policy;
    int32_t sched_priority;
#ifdef __LP64__
    char __reserved[16];
#endif
} pthread_attr_t;

typedef struct {
    int32_t __private[__PTHREAD_WORDS(10, 1)];
} pthread_mutex_t;

typedef struct {
    int32_t __private[__PTHREAD_WORDS(12, 1)];
} pthread_cond_t;

typedef struct {
    int32_t __private[__PTHREAD_WORDS(14, 10)];
} pthread_rwlock_t;

#undef __PTHREAD_WORDS

typedef long pthread_mutexattr_t;
typedef long pthread_condattr_t;
typedef long pthread_rwlockattr_t;
typedef int pthread_key_t;
typedef int pthread_once_t;
typedef long pthread_t;
