/*
 * Unnamed semaphores (the named ones exist in bionic but always fail).
 * Layout facts: bionic libc/include/semaphore.h.
 */
#pragma once

#include <bits/timespec.h>
#include <sys/types.h>

typedef struct {
    unsigned int count;
#ifdef __LP64__
    int __reserved[3];
#endif
} sem_t;

__BEGIN_DECLS

int sem_init(sem_t* semaphore, int shared, unsigned int value);
int sem_destroy(sem_t* semaphore);
int sem_getvalue(sem_t* semaphore, int* value);
int sem_post(sem_t* semaphore);
int sem_wait(sem_t* semaphore);
int sem_trywait(sem_t* semaphore);
int sem_timedwait(sem_t* semaphore, const struct timespec* deadline);

__END_DECLS
