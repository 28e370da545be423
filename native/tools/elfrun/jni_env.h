/* A Java Native Interface of the size that the natives of a generated library need. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* The JNIEnv* that natives get. */
void* jni_env(void);

/* The JavaVM* that JNI_OnLoad gets. */
void* jni_vm(void);

/* Java objects: strings in UTF-8, arrays of float and int; they live until the process ends. */
void* jni_string(const char* text);
void* jni_float_array(const float* data, size_t count);
void* jni_int_array(const int32_t* data, size_t count);
void* jni_class(const char* name);

/* Elements of a float array; exits when the object is something else. */
const float* jni_floats(void* array, size_t* count);

/* Exits with the class and message of the exception that a native has thrown, if any. */
void jni_check_exception(const char* native);

/* The address that RegisterNatives was told for a method, or null. */
void* jni_registered(const char* method);
