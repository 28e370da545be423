/*
 * Start-up code of a shared library. It must come first on the link line: finalisers run from
 * last to first, so the library's own run before the handlers registered with __cxa_atexit.
 */

extern int __cxa_atexit(void (*handler)(void*), void* argument, void* library);
extern void __cxa_finalize(void* library);

/* Its address tells the C library to which shared library a handler belongs. */
__attribute__((visibility("hidden"))) void* __dso_handle = &__dso_handle;

/* Without this, handlers of an unloaded library would be called at exit. */
__attribute__((destructor)) static void finalize_on_unload(void) {
    __cxa_finalize(&__dso_handle);
}

static void call_without_argument(void* handler) {
    ((void (*)(void))handler)();
}

/* Not in libc.so: it must know the library that calls it. */
__attribute__((visibility("hidden"))) int atexit(void (*handler)(void)) {
    return __cxa_atexit(call_without_argument, (void*)handler, &__dso_handle);
}
