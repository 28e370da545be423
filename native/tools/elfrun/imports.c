/* SAME: musl's own function fits. SHIM: one written over it. Nothing else is provided. */
#define _GNU_SOURCE
#include "imports.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fenv.h>
#include <inttypes.h>
#include <libgen.h>
#include <malloc.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include "../bionic_shim/bionic.h"
#include "bionic_layouts.h"

#undef SHIM
#define SAME(name) {#name, (void*)name}
#define SHIM(name) {#name, (void*)bionic_##name}
#define FLOATS(name) SAME(name), SAME(name##f)

extern void __stack_chk_fail(void);

static const struct {
    const char* name;
    void* address;
} TABLE[] = {
    {"__sF", bionic_sF},
    {"environ", &environ},
    /* memory */
    SAME(malloc), SAME(calloc), SAME(realloc), SAME(free), SAME(posix_memalign), SAME(memalign),
    SAME(malloc_usable_size), SHIM(mmap), SHIM(mmap64), SAME(munmap), SAME(mprotect), SAME(madvise),
    SAME(msync), SAME(mlock), SAME(munlock),
    /* strings and characters */
    SAME(memchr), SAME(memcmp), SAME(memcpy), SAME(memmem), SAME(memmove), SAME(memset), SAME(memrchr),
    SAME(strcasecmp), SAME(strcat), SAME(strchr), SAME(strcmp), SAME(strcoll), SAME(strcpy), SAME(strcspn),
    SAME(strdup), SAME(strerror), SHIM(strlcat), SHIM(strlcpy), SAME(strlen), SAME(strncasecmp),
    SAME(strncat), SAME(strncmp), SAME(strncpy), SAME(strndup), SAME(strnlen), SAME(strpbrk), SAME(strrchr),
    SAME(strsep), SAME(strsignal), SAME(strspn), SAME(strstr), SAME(strcasestr), SAME(strtok), SAME(strtok_r),
    SAME(basename), SAME(dirname),
    SAME(isalnum), SAME(isalpha), SAME(isblank), SAME(iscntrl), SAME(isdigit), SAME(isgraph), SAME(islower),
    SAME(isprint), SAME(ispunct), SAME(isspace), SAME(isupper), SAME(isxdigit), SAME(tolower), SAME(toupper),
    SAME(atoi), SAME(atol), SAME(atoll), SAME(atof), SAME(strtod), SAME(strtof), SAME(strtol), SAME(strtoll),
    SAME(strtoul), SAME(strtoull), SAME(strtoimax), SAME(strtoumax), SAME(abs), SAME(labs), SAME(llabs),
    SAME(div), SAME(qsort), SAME(bsearch), SAME(rand), SAME(srand), SAME(rand_r), SAME(random), SAME(srandom),
    SAME(lrand48), SAME(srand48), SAME(drand48),
    /* streams */
    SAME(fopen), SAME(fclose), SAME(fdopen), SAME(fread), SAME(fgets), SAME(fgetc), SAME(getc), SAME(ungetc),
    SAME(feof), SAME(ferror), SAME(clearerr), SAME(fseek), SAME(ftell), SHIM(fseeko), SHIM(ftello), SAME(rewind),
    SAME(fscanf), SAME(setvbuf), SAME(remove), SAME(rename), SAME(perror), SAME(puts), SAME(putchar),
    SAME(printf), SAME(vprintf), SAME(snprintf), SAME(vsnprintf), SAME(sprintf), SAME(vsprintf), SAME(sscanf),
    SAME(vsscanf), SAME(asprintf), SAME(vasprintf), SHIM(fprintf), SHIM(vfprintf), SHIM(fputs), SHIM(fputc),
    SHIM(putc), SHIM(fwrite), SHIM(fflush), SHIM(fileno),
    /* files */
    SAME(open), SAME(openat), SAME(close), SAME(read), SAME(write), SHIM(pread), SHIM(pread64), SHIM(lseek),
    SHIM(lseek64), SHIM(ftruncate), SHIM(stat), SHIM(lstat), SHIM(fstat), SAME(access), SAME(unlink),
    SAME(readlink), SAME(realpath), SAME(getcwd), SAME(dup), SAME(fcntl), SAME(ioctl), SAME(isatty),
    /* process and system */
    SHIM(__errno), SHIM(sysconf), SHIM(getauxval), SHIM(gettid), SAME(getpid), SAME(getuid), SAME(getpagesize),
    SAME(syscall), SAME(prctl), SAME(getenv), SAME(setenv), SAME(unsetenv), SAME(abort), SAME(exit), SAME(_exit),
    SAME(atexit), SAME(raise), SAME(kill), SAME(signal), SAME(__stack_chk_fail), SHIM(__assert), SHIM(__assert2),
    SHIM(android_set_abort_message), SHIM(__cxa_atexit), SHIM(__cxa_finalize),
    SAME(sched_yield), SAME(sched_getaffinity), SAME(sched_setaffinity), SAME(sched_getcpu),
    SHIM(__system_property_get), SHIM(__system_property_find), SHIM(__system_property_read),
    /* time */
    SHIM(time), SHIM(clock_gettime), SHIM(gettimeofday), SHIM(nanosleep), SAME(usleep), SAME(sleep), SAME(clock),
    /* threads */
    SHIM(pthread_create), SAME(pthread_join), SAME(pthread_detach), SAME(pthread_self), SAME(pthread_equal),
    SAME(pthread_exit), SAME(pthread_once), SAME(pthread_key_create), SAME(pthread_key_delete),
    SAME(pthread_getspecific), SAME(pthread_setspecific), SAME(pthread_setname_np), SAME(pthread_kill),
    SHIM(pthread_attr_init), SHIM(pthread_attr_setdetachstate), SHIM(pthread_attr_setstacksize),
    SHIM(pthread_attr_destroy), SHIM(pthread_mutex_init), SHIM(pthread_mutex_lock), SHIM(pthread_mutex_trylock),
    SHIM(pthread_mutex_unlock), SHIM(pthread_mutex_destroy), SHIM(pthread_mutexattr_init),
    SHIM(pthread_mutexattr_settype), SHIM(pthread_mutexattr_destroy), SHIM(pthread_cond_init),
    SHIM(pthread_cond_wait), SHIM(pthread_cond_timedwait), SHIM(pthread_cond_signal),
    SHIM(pthread_cond_broadcast), SHIM(pthread_cond_destroy), SHIM(pthread_condattr_init),
    SHIM(pthread_condattr_setclock), SHIM(pthread_condattr_destroy), SHIM(pthread_rwlock_init),
    SHIM(pthread_rwlock_rdlock), SHIM(pthread_rwlock_wrlock), SHIM(pthread_rwlock_unlock),
    SHIM(pthread_rwlock_destroy), SHIM(sem_init), SHIM(sem_wait), SHIM(sem_post), SHIM(sem_destroy),
    /* dynamic linking */
    SHIM(dlopen), SHIM(dlsym), SHIM(dlerror), SHIM(dlclose), SHIM(dladdr), SHIM(dl_iterate_phdr),
    /* logging */
    SHIM(__android_log_write), SHIM(__android_log_print), SHIM(__android_log_vprint), SHIM(__android_log_assert),
    /* fortified forms */
    SHIM(__memcpy_chk), SHIM(__memmove_chk), SHIM(__memset_chk), SHIM(__strcpy_chk), SHIM(__strncpy_chk),
    SHIM(__strncpy_chk2), SHIM(__strcat_chk), SHIM(__strncat_chk), SHIM(__strlen_chk), SHIM(__strchr_chk),
    SHIM(__strrchr_chk), SHIM(__vsnprintf_chk), SHIM(__snprintf_chk), SHIM(__vsprintf_chk), SHIM(__sprintf_chk),
    SHIM(__fgets_chk), SHIM(__read_chk),
    /* mathematics */
    FLOATS(acos), FLOATS(acosh), FLOATS(asin), FLOATS(asinh), FLOATS(atan), FLOATS(atan2), FLOATS(atanh),
    FLOATS(cbrt), FLOATS(ceil), FLOATS(copysign), FLOATS(cos), FLOATS(cosh), FLOATS(erf), FLOATS(erfc),
    FLOATS(exp), FLOATS(exp2), FLOATS(expm1), FLOATS(fabs), FLOATS(fdim), FLOATS(floor), FLOATS(fma),
    FLOATS(fmax), FLOATS(fmin), FLOATS(fmod), FLOATS(frexp), FLOATS(hypot), FLOATS(ilogb), FLOATS(ldexp),
    FLOATS(lgamma), FLOATS(llrint), FLOATS(llround), FLOATS(log), FLOATS(log10), FLOATS(log1p), FLOATS(log2),
    FLOATS(logb), FLOATS(lrint), FLOATS(lround), FLOATS(modf), FLOATS(nan), FLOATS(nearbyint), FLOATS(nextafter),
    FLOATS(pow), FLOATS(remainder), FLOATS(remquo), FLOATS(rint), FLOATS(round), FLOATS(scalbn), FLOATS(sin),
    FLOATS(sinh), FLOATS(sqrt), FLOATS(tan), FLOATS(tanh), FLOATS(tgamma), FLOATS(trunc), SAME(sincos),
    SAME(sincosf), SAME(fegetround), SAME(fesetround), SAME(feclearexcept), SAME(fegetenv), SAME(fesetenv),
};

void* import_find(const char* name)
{
    for (size_t i = 0; i < sizeof TABLE / sizeof *TABLE; i++) {
        if (!strcmp(TABLE[i].name, name))
            return TABLE[i].address;
    }
    return 0;
}
