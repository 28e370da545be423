/* Android's log. Priorities: AOSP liblog include/android/log.h. */
#pragma once

#include <stdarg.h>
#include <sys/cdefs.h>

typedef enum android_LogPriority {
    ANDROID_LOG_UNKNOWN = 0,
    ANDROID_LOG_DEFAULT,
    ANDROID_LOG_VERBOSE,
    ANDROID_LOG_DEBUG,
    ANDROID_LOG_INFO,
    ANDROID_LOG_WARN,
    ANDROID_LOG_ERROR,
    ANDROID_LOG_FATAL,
    ANDROID_LOG_SILENT
} android_LogPriority;

__BEGIN_DECLS

int __android_log_write(int priority, const char* tag, const char* text);
int __android_log_print(int priority, const char* tag, const char* format, ...) __printflike(3, 4);
int __android_log_vprint(int priority, const char* tag, const char* format, va_list args)
    __printflike(3, 0);
__noreturn void __android_log_assert(const char* condition, const char* tag, const char* format,
                                     ...) __printflike(3, 4);

__END_DECLS
