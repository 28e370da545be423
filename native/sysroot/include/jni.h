/*
 * The Java Native Interface, version 1.6: types, the two function tables and their C++ methods.
 * Source of names, signatures and order: the JNI specification, chapter 4 ("JNI Functions") and
 * chapter 5 ("The Invocation API"). Type names are those of Android's own jni.h.
 */
#pragma once

#include <stdarg.h>
#include <stdint.h>

#define JNIIMPORT
#define JNIEXPORT __attribute__((visibility("default")))
#define JNICALL

typedef uint8_t jboolean;
typedef int8_t jbyte;
typedef uint16_t jchar;
typedef int16_t jshort;
typedef int32_t jint;
typedef int64_t jlong;
typedef float jfloat;
typedef double jdouble;
typedef jint jsize;

#ifdef __cplusplus
class _jobject {};
class _jclass : public _jobject {};
class _jstring : public _jobject {};
class _jthrowable : public _jobject {};
class _jarray : public _jobject {};
class _jobjectArray : public _jarray {};
class _jbooleanArray : public _jarray {};
class _jbyteArray : public _jarray {};
class _jcharArray : public _jarray {};
class _jshortArray : public _jarray {};
class _jintArray : public _jarray {};
class _jlongArray : public _jarray {};
class _jfloatArray : public _jarray {};
class _jdoubleArray : public _jarray {};

typedef _jobject* jobject;
typedef _jclass* jclass;
typedef _jstring* jstring;
typedef _jthrowable* jthrowable;
typedef _jarray* jarray;
typedef _jobjectArray* jobjectArray;
typedef _jbooleanArray* jbooleanArray;
typedef _jbyteArray* jbyteArray;
typedef _jcharArray* jcharArray;
typedef _jshortArray* jshortArray;
typedef _jintArray* jintArray;
typedef _jlongArray* jlongArray;
typedef _jfloatArray* jfloatArray;
typedef _jdoubleArray* jdoubleArray;
#else
typedef void* jobject;
typedef jobject jclass;
typedef jobject jstring;
typedef jobject jthrowable;
typedef jobject jarray;
typedef jarray jobjectArray;
typedef jarray jbooleanArray;
typedef jarray jbyteArray;
typedef jarray jcharArray;
typedef jarray jshortArray;
typedef jarray jintArray;
typedef jarray jlongArray;
typedef jarray jfloatArray;
typedef jarray jdoubleArray;
#endif

typedef jobject jweak;

struct _jfieldID;
typedef struct _jfieldID* jfieldID;
struct _jmethodID;
typedef struct _jmethodID* jmethodID;

typedef union jvalue {
    jboolean z;
    jbyte b;
    jchar c;
    jshort s;
    jint i;
    jlong j;
    jfloat f;
    jdouble d;
    jobject l;
} jvalue;

typedef enum jobjectRefType {
    JNIInvalidRefType = 0,
    JNILocalRefType = 1,
    JNIGlobalRefType = 2,
    JNIWeakGlobalRefType = 3
} jobjectRefType;

typedef struct {
    const char* name;
    const char* signature;
    void* fnPtr;
} JNINativeMethod;

#define JNI_FALSE 0
#define JNI_TRUE 1

#define JNI_VERSION_1_1 0x00010001
#define JNI_VERSION_1_2 0x00010002
#define JNI_VERSION_1_4 0x00010004
#define JNI_VERSION_1_6 0x00010006

#define JNI_OK 0
#define JNI_ERR (-1)
#define JNI_EDETACHED (-2)
#define JNI_EVERSION (-3)
#define JNI_ENOMEM (-4)
#define JNI_EEXIST (-5)
#define JNI_EINVAL (-6)

#define JNI_COMMIT 1
#define JNI_ABORT 2

struct JNINativeInterface;
struct JNIInvokeInterface;
#ifdef __cplusplus
struct _JNIEnv;
struct _JavaVM;
typedef _JNIEnv JNIEnv;
typedef _JavaVM JavaVM;
#else
typedef const struct JNINativeInterface* JNIEnv;
typedef const struct JNIInvokeInterface* JavaVM;
#endif

/* Families of functions that the table has once per type, always in this order. */
#define __JNI_PRIMITIVES(F) \
    F(Boolean, jboolean)    \
    F(Byte, jbyte)          \
    F(Char, jchar)          \
    F(Short, jshort)        \
    F(Int, jint)            \
    F(Long, jlong)          \
    F(Float, jfloat)        \
    F(Double, jdouble)
#define __JNI_VALUES(F) \
    F(Object, jobject)  \
    __JNI_PRIMITIVES(F)
#define __JNI_RESULTS(F) \
    __JNI_VALUES(F)      \
    F(Void, void)

#define __JNI_CALL(Name, T)                                              \
    T (*Call##Name##Method)(JNIEnv*, jobject, jmethodID, ...);           \
    T (*Call##Name##MethodV)(JNIEnv*, jobject, jmethodID, va_list);      \
    T (*Call##Name##MethodA)(JNIEnv*, jobject, jmethodID, const jvalue*);
#define __JNI_CALL_NONVIRTUAL(Name, T)                                                     \
    T (*CallNonvirtual##Name##Method)(JNIEnv*, jobject, jclass, jmethodID, ...);           \
    T (*CallNonvirtual##Name##MethodV)(JNIEnv*, jobject, jclass, jmethodID, va_list);      \
    T (*CallNonvirtual##Name##MethodA)(JNIEnv*, jobject, jclass, jmethodID, const jvalue*);
#define __JNI_CALL_STATIC(Name, T)                                            \
    T (*CallStatic##Name##Method)(JNIEnv*, jclass, jmethodID, ...);           \
    T (*CallStatic##Name##MethodV)(JNIEnv*, jclass, jmethodID, va_list);      \
    T (*CallStatic##Name##MethodA)(JNIEnv*, jclass, jmethodID, const jvalue*);
#define __JNI_GET_FIELD(Name, T) T (*Get##Name##Field)(JNIEnv*, jobject, jfieldID);
#define __JNI_SET_FIELD(Name, T) void (*Set##Name##Field)(JNIEnv*, jobject, jfieldID, T);
#define __JNI_GET_STATIC(Name, T) T (*GetStatic##Name##Field)(JNIEnv*, jclass, jfieldID);
#define __JNI_SET_STATIC(Name, T) void (*SetStatic##Name##Field)(JNIEnv*, jclass, jfieldID, T);
#define __JNI_NEW_ARRAY(Name, T) T##Array (*New##Name##Array)(JNIEnv*, jsize);
#define __JNI_GET_ELEMENTS(Name, T) \
    T* (*Get##Name##ArrayElements)(JNIEnv*, T##Array, jboolean*);
#define __JNI_RELEASE_ELEMENTS(Name, T) \
    void (*Release##Name##ArrayElements)(JNIEnv*, T##Array, T*, jint);
#define __JNI_GET_REGION(Name, T) \
    void (*Get##Name##ArrayRegion)(JNIEnv*, T##Array, jsize, jsize, T*);
#define __JNI_SET_REGION(Name, T) \
    void (*Set##Name##ArrayRegion)(JNIEnv*, T##Array, jsize, jsize, const T*);

struct JNINativeInterface {
    void* reserved0;
    void* reserved1;
    void* reserved2;
    void* reserved3;

    jint (*GetVersion)(JNIEnv*);

    jclass (*DefineClass)(JNIEnv*, const char*, jobject, const jbyte*, jsize);
    jclass (*FindClass)(JNIEnv*, const char*);
    jmethodID (*FromReflectedMethod)(JNIEnv*, jobject);
    jfieldID (*FromReflectedField)(JNIEnv*, jobject);
    jobject (*ToReflectedMethod)(JNIEnv*, jclass, jmethodID, jboolean);
    jclass (*GetSuperclass)(JNIEnv*, jclass);
    jboolean (*IsAssignableFrom)(JNIEnv*, jclass, jclass);
    jobject (*ToReflectedField)(JNIEnv*, jclass, jfieldID, jboolean);

    jint (*Throw)(JNIEnv*, jthrowable);
    jint (*ThrowNew)(JNIEnv*, jclass, const char*);
    jthrowable (*ExceptionOccurred)(JNIEnv*);
    void (*ExceptionDescribe)(JNIEnv*);
    void (*ExceptionClear)(JNIEnv*);
    void (*FatalError)(JNIEnv*, const char*);

    jint (*PushLocalFrame)(JNIEnv*, jint);
    jobject (*PopLocalFrame)(JNIEnv*, jobject);
    jobject (*NewGlobalRef)(JNIEnv*, jobject);
    void (*DeleteGlobalRef)(JNIEnv*, jobject);
    void (*DeleteLocalRef)(JNIEnv*, jobject);
    jboolean (*IsSameObject)(JNIEnv*, jobject, jobject);
    jobject (*NewLocalRef)(JNIEnv*, jobject);
    jint (*EnsureLocalCapacity)(JNIEnv*, jint);

    jobject (*AllocObject)(JNIEnv*, jclass);
    jobject (*NewObject)(JNIEnv*, jclass, jmethodID, ...);
    jobject (*NewObjectV)(JNIEnv*, jclass, jmethodID, va_list);
    jobject (*NewObjectA)(JNIEnv*, jclass, jmethodID, const jvalue*);
    jclass (*GetObjectClass)(JNIEnv*, jobject);
    jboolean (*IsInstanceOf)(JNIEnv*, jobject, jclass);

    jmethodID (*GetMethodID)(JNIEnv*, jclass, const char*, const char*);
    __JNI_RESULTS(__JNI_CALL)
    __JNI_RESULTS(__JNI_CALL_NONVIRTUAL)

    jfieldID (*GetFieldID)(JNIEnv*, jclass, const char*, const char*);
    __JNI_VALUES(__JNI_GET_FIELD)
    __JNI_VALUES(__JNI_SET_FIELD)

    jmethodID (*GetStaticMethodID)(JNIEnv*, jclass, const char*, const char*);
    __JNI_RESULTS(__JNI_CALL_STATIC)

    jfieldID (*GetStaticFieldID)(JNIEnv*, jclass, const char*, const char*);
    __JNI_VALUES(__JNI_GET_STATIC)
    __JNI_VALUES(__JNI_SET_STATIC)

    jstring (*NewString)(JNIEnv*, const jchar*, jsize);
    jsize (*GetStringLength)(JNIEnv*, jstring);
    const jchar* (*GetStringChars)(JNIEnv*, jstring, jboolean*);
    void (*ReleaseStringChars)(JNIEnv*, jstring, const jchar*);
    jstring (*NewStringUTF)(JNIEnv*, const char*);
    jsize (*GetStringUTFLength)(JNIEnv*, jstring);
    const char* (*GetStringUTFChars)(JNIEnv*, jstring, jboolean*);
    void (*ReleaseStringUTFChars)(JNIEnv*, jstring, const char*);

    jsize (*GetArrayLength)(JNIEnv*, jarray);
    jobjectArray (*NewObjectArray)(JNIEnv*, jsize, jclass, jobject);
    jobject (*GetObjectArrayElement)(JNIEnv*, jobjectArray, jsize);
    void (*SetObjectArrayElement)(JNIEnv*, jobjectArray, jsize, jobject);
    __JNI_PRIMITIVES(__JNI_NEW_ARRAY)
    __JNI_PRIMITIVES(__JNI_GET_ELEMENTS)
    __JNI_PRIMITIVES(__JNI_RELEASE_ELEMENTS)
    __JNI_PRIMITIVES(__JNI_GET_REGION)
    __JNI_PRIMITIVES(__JNI_SET_REGION)

    jint (*RegisterNatives)(JNIEnv*, jclass, const JNINativeMethod*, jint);
    jint (*UnregisterNatives)(JNIEnv*, jclass);
    jint (*MonitorEnter)(JNIEnv*, jobject);
    jint (*MonitorExit)(JNIEnv*, jobject);
    jint (*GetJavaVM)(JNIEnv*, JavaVM**);

    void (*GetStringRegion)(JNIEnv*, jstring, jsize, jsize, jchar*);
    void (*GetStringUTFRegion)(JNIEnv*, jstring, jsize, jsize, char*);
    void* (*GetPrimitiveArrayCritical)(JNIEnv*, jarray, jboolean*);
    void (*ReleasePrimitiveArrayCritical)(JNIEnv*, jarray, void*, jint);
    const jchar* (*GetStringCritical)(JNIEnv*, jstring, jboolean*);
    void (*ReleaseStringCritical)(JNIEnv*, jstring, const jchar*);
    jweak (*NewWeakGlobalRef)(JNIEnv*, jobject);
    void (*DeleteWeakGlobalRef)(JNIEnv*, jweak);
    jboolean (*ExceptionCheck)(JNIEnv*);

    jobject (*NewDirectByteBuffer)(JNIEnv*, void*, jlong);
    void* (*GetDirectBufferAddress)(JNIEnv*, jobject);
    jlong (*GetDirectBufferCapacity)(JNIEnv*, jobject);

    jobjectRefType (*GetObjectRefType)(JNIEnv*, jobject);
};

#undef __JNI_CALL
#undef __JNI_CALL_NONVIRTUAL
#undef __JNI_CALL_STATIC
#undef __JNI_GET_FIELD
#undef __JNI_SET_FIELD
#undef __JNI_GET_STATIC
#undef __JNI_SET_STATIC
#undef __JNI_NEW_ARRAY
#undef __JNI_GET_ELEMENTS
#undef __JNI_RELEASE_ELEMENTS
#undef __JNI_GET_REGION
#undef __JNI_SET_REGION

struct JNIInvokeInterface {
    void* reserved0;
    void* reserved1;
    void* reserved2;

    jint (*DestroyJavaVM)(JavaVM*);
    jint (*AttachCurrentThread)(JavaVM*, JNIEnv**, void*);
    jint (*DetachCurrentThread)(JavaVM*);
    jint (*GetEnv)(JavaVM*, void**, jint);
    jint (*AttachCurrentThreadAsDaemon)(JavaVM*, JNIEnv**, void*);
};

typedef struct JavaVMAttachArgs {
    jint version;
    const char* name;
    jobject group;
} JavaVMAttachArgs;

typedef struct JavaVMOption {
    const char* optionString;
    void* extraInfo;
} JavaVMOption;

typedef struct JavaVMInitArgs {
    jint version;
    jint nOptions;
    JavaVMOption* options;
    jboolean ignoreUnrecognized;
} JavaVMInitArgs;

#ifdef __cplusplus
/* The C++ form: each method hands over to the table's function of the same name. */
struct _JNIEnv {
    const struct JNINativeInterface* functions;

    jint GetVersion() { return functions->GetVersion(this); }

    jclass DefineClass(const char* name, jobject loader, const jbyte* data, jsize size) {
        return functions->DefineClass(this, name, loader, data, size);
    }
    jclass FindClass(const char* name) { return functions->FindClass(this, name); }
    jmethodID FromReflectedMethod(jobject method) {
        return functions->FromReflectedMethod(this, method);
    }
    jfieldID FromReflectedField(jobject field) {
        return functions->FromReflectedField(this, field);
    }
    jobject ToReflectedMethod(jclass type, jmethodID method, jboolean is_static) {
        return functions->ToReflectedMethod(this, type, method, is_static);
    }
    jclass GetSuperclass(jclass type) { return functions->GetSuperclass(this, type); }
    jboolean IsAssignableFrom(jclass from, jclass to) {
        return functions->IsAssignableFrom(this, from, to);
    }
    jobject ToReflectedField(jclass type, jfieldID field, jboolean is_static) {
        return functions->ToReflectedField(this, type, field, is_static);
    }

    jint Throw(jthrowable error) { return functions->Throw(this, error); }
    jint ThrowNew(jclass type, const char* message) {
        return functions->ThrowNew(this, type, message);
    }
    jthrowable ExceptionOccurred() { return functions->ExceptionOccurred(this); }
    void ExceptionDescribe() { functions->ExceptionDescribe(this); }
    void ExceptionClear() { functions->ExceptionClear(this); }
    void FatalError(const char* message) { functions->FatalError(this, message); }

    jint PushLocalFrame(jint capacity) { return functions->PushLocalFrame(this, capacity); }
    jobject PopLocalFrame(jobject result) { return functions->PopLocalFrame(this, result); }
    jobject NewGlobalRef(jobject object) { return functions->NewGlobalRef(this, object); }
    void DeleteGlobalRef(jobject reference) { functions->DeleteGlobalRef(this, reference); }
    void DeleteLocalRef(jobject reference) { functions->DeleteLocalRef(this, reference); }
    jboolean IsSameObject(jobject left, jobject right) {
        return functions->IsSameObject(this, left, right);
    }
    jobject NewLocalRef(jobject reference) { return functions->NewLocalRef(this, reference); }
    jint EnsureLocalCapacity(jint capacity) {
        return functions->EnsureLocalCapacity(this, capacity);
    }

    jobject AllocObject(jclass type) { return functions->AllocObject(this, type); }
    jobject NewObject(jclass type, jmethodID method, ...) {
        va_list args;
        va_start(args, method);
        jobject result = functions->NewObjectV(this, type, method, args);
        va_end(args);
        return result;
    }
    jobject NewObjectV(jclass type, jmethodID method, va_list args) {
        return functions->NewObjectV(this, type, method, args);
    }
    jobject NewObjectA(jclass type, jmethodID method, const jvalue* args) {
        return functions->NewObjectA(this, type, method, args);
    }
    jclass GetObjectClass(jobject object) { return functions->GetObjectClass(this, object); }
    jboolean IsInstanceOf(jobject object, jclass type) {
        return functions->IsInstanceOf(this, object, type);
    }

    jmethodID GetMethodID(jclass type, const char* name, const char* signature) {
        return functions->GetMethodID(this, type, name, signature);
    }
    jmethodID GetStaticMethodID(jclass type, const char* name, const char* signature) {
        return functions->GetStaticMethodID(this, type, name, signature);
    }
    jfieldID GetFieldID(jclass type, const char* name, const char* signature) {
        return functions->GetFieldID(this, type, name, signature);
    }
    jfieldID GetStaticFieldID(jclass type, const char* name, const char* signature) {
        return functions->GetStaticFieldID(this, type, name, signature);
    }

/* Each call has three forms; the one with "..." goes through the one with va_list. */
#define __JNI_METHODS(T, Stem, Receiver, Pass)                        \
    T Stem##V(Receiver, jmethodID method, va_list args) {             \
        return functions->Stem##V(this, Pass, method, args);          \
    }                                                                 \
    T Stem##A(Receiver, jmethodID method, const jvalue* args) {       \
        return functions->Stem##A(this, Pass, method, args);          \
    }
#define __JNI_VARIADIC(T, Stem, Receiver, Pass)                       \
    T Stem(Receiver, jmethodID method, ...) {                         \
        va_list args;                                                 \
        va_start(args, method);                                       \
        T result = functions->Stem##V(this, Pass, method, args);      \
        va_end(args);                                                 \
        return result;                                                \
    }
#define __JNI_VARIADIC_VOID(Stem, Receiver, Pass)                     \
    void Stem(Receiver, jmethodID method, ...) {                      \
        va_list args;                                                 \
        va_start(args, method);                                       \
        functions->Stem##V(this, Pass, method, args);                 \
        va_end(args);                                                 \
    }
#define __JNI_COMMA ,
#define __JNI_CALLS(Name, T)                                              \
    __JNI_METHODS(T, Call##Name##Method, jobject object, object)          \
    __JNI_METHODS(T, CallStatic##Name##Method, jclass type, type)         \
    __JNI_METHODS(T, CallNonvirtual##Name##Method,                        \
                  jobject object __JNI_COMMA jclass type, object __JNI_COMMA type)
#define __JNI_VARIADIC_CALLS(Name, T)                                     \
    __JNI_VARIADIC(T, Call##Name##Method, jobject object, object)         \
    __JNI_VARIADIC(T, CallStatic##Name##Method, jclass type, type)        \
    __JNI_VARIADIC(T, CallNonvirtual##Name##Method,                       \
                   jobject object __JNI_COMMA jclass type, object __JNI_COMMA type)

    __JNI_RESULTS(__JNI_CALLS)
    __JNI_VALUES(__JNI_VARIADIC_CALLS)
    __JNI_VARIADIC_VOID(CallVoidMethod, jobject object, object)
    __JNI_VARIADIC_VOID(CallStaticVoidMethod, jclass type, type)
    __JNI_VARIADIC_VOID(CallNonvirtualVoidMethod, jobject object __JNI_COMMA jclass type,
                        object __JNI_COMMA type)

#define __JNI_FIELDS(Name, T)                                             \
    T Get##Name##Field(jobject object, jfieldID field) {                  \
        return functions->Get##Name##Field(this, object, field);          \
    }                                                                     \
    void Set##Name##Field(jobject object, jfieldID field, T value) {      \
        functions->Set##Name##Field(this, object, field, value);          \
    }                                                                     \
    T GetStatic##Name##Field(jclass type, jfieldID field) {               \
        return functions->GetStatic##Name##Field(this, type, field);      \
    }                                                                     \
    void SetStatic##Name##Field(jclass type, jfieldID field, T value) {   \
        functions->SetStatic##Name##Field(this, type, field, value);      \
    }
    __JNI_VALUES(__JNI_FIELDS)

    jstring NewString(const jchar* text, jsize length) {
        return functions->NewString(this, text, length);
    }
    jsize GetStringLength(jstring text) { return functions->GetStringLength(this, text); }
    const jchar* GetStringChars(jstring text, jboolean* is_copy) {
        return functions->GetStringChars(this, text, is_copy);
    }
    void ReleaseStringChars(jstring text, const jchar* chars) {
        functions->ReleaseStringChars(this, text, chars);
    }
    jstring NewStringUTF(const char* text) { return functions->NewStringUTF(this, text); }
    jsize GetStringUTFLength(jstring text) { return functions->GetStringUTFLength(this, text); }
    const char* GetStringUTFChars(jstring text, jboolean* is_copy) {
        return functions->GetStringUTFChars(this, text, is_copy);
    }
    void ReleaseStringUTFChars(jstring text, const char* chars) {
        functions->ReleaseStringUTFChars(this, text, chars);
    }

    jsize GetArrayLength(jarray array) { return functions->GetArrayLength(this, array); }
    jobjectArray NewObjectArray(jsize length, jclass type, jobject initial) {
        return functions->NewObjectArray(this, length, type, initial);
    }
    jobject GetObjectArrayElement(jobjectArray array, jsize index) {
        return functions->GetObjectArrayElement(this, array, index);
    }
    void SetObjectArrayElement(jobjectArray array, jsize index, jobject value) {
        functions->SetObjectArrayElement(this, array, index, value);
    }

#define __JNI_ARRAYS(Name, T)                                                             \
    T##Array New##Name##Array(jsize length) {                                             \
        return functions->New##Name##Array(this, length);                                 \
    }                                                                                     \
    T* Get##Name##ArrayElements(T##Array array, jboolean* is_copy) {                      \
        return functions->Get##Name##ArrayElements(this, array, is_copy);                 \
    }                                                                                     \
    void Release##Name##ArrayElements(T##Array array, T* elements, jint mode) {           \
        functions->Release##Name##ArrayElements(this, array, elements, mode);             \
    }                                                                                     \
    void Get##Name##ArrayRegion(T##Array array, jsize start, jsize length, T* buffer) {   \
        functions->Get##Name##ArrayRegion(this, array, start, length, buffer);            \
    }                                                                                     \
    void Set##Name##ArrayRegion(T##Array array, jsize start, jsize length,                \
                                const T* buffer) {                                        \
        functions->Set##Name##ArrayRegion(this, array, start, length, buffer);            \
    }
    __JNI_PRIMITIVES(__JNI_ARRAYS)

    jint RegisterNatives(jclass type, const JNINativeMethod* methods, jint count) {
        return functions->RegisterNatives(this, type, methods, count);
    }
    jint UnregisterNatives(jclass type) { return functions->UnregisterNatives(this, type); }
    jint MonitorEnter(jobject object) { return functions->MonitorEnter(this, object); }
    jint MonitorExit(jobject object) { return functions->MonitorExit(this, object); }
    jint GetJavaVM(JavaVM** result) { return functions->GetJavaVM(this, result); }

    void GetStringRegion(jstring text, jsize start, jsize length, jchar* buffer) {
        functions->GetStringRegion(this, text, start, length, buffer);
    }
    void GetStringUTFRegion(jstring text, jsize start, jsize length, char* buffer) {
        functions->GetStringUTFRegion(this, text, start, length, buffer);
    }
    void* GetPrimitiveArrayCritical(jarray array, jboolean* is_copy) {
        return functions->GetPrimitiveArrayCritical(this, array, is_copy);
    }
    void ReleasePrimitiveArrayCritical(jarray array, void* elements, jint mode) {
        functions->ReleasePrimitiveArrayCritical(this, array, elements, mode);
    }
    const jchar* GetStringCritical(jstring text, jboolean* is_copy) {
        return functions->GetStringCritical(this, text, is_copy);
    }
    void ReleaseStringCritical(jstring text, const jchar* chars) {
        functions->ReleaseStringCritical(this, text, chars);
    }
    jweak NewWeakGlobalRef(jobject object) { return functions->NewWeakGlobalRef(this, object); }
    void DeleteWeakGlobalRef(jweak reference) { functions->DeleteWeakGlobalRef(this, reference); }
    jboolean ExceptionCheck() { return functions->ExceptionCheck(this); }

    jobject NewDirectByteBuffer(void* address, jlong capacity) {
        return functions->NewDirectByteBuffer(this, address, capacity);
    }
    void* GetDirectBufferAddress(jobject buffer) {
        return functions->GetDirectBufferAddress(this, buffer);
    }
    jlong GetDirectBufferCapacity(jobject buffer) {
        return functions->GetDirectBufferCapacity(this, buffer);
    }
    jobjectRefType GetObjectRefType(jobject object) {
        return functions->GetObjectRefType(this, object);
    }

#undef __JNI_METHODS
#undef __JNI_VARIADIC
#undef __JNI_VARIADIC_VOID
#undef __JNI_COMMA
#undef __JNI_CALLS
#undef __JNI_VARIADIC_CALLS
#undef __JNI_FIELDS
#undef __JNI_ARRAYS
};

struct _JavaVM {
    const struct JNIInvokeInterface* functions;

    jint DestroyJavaVM() { return functions->DestroyJavaVM(this); }
    jint AttachCurrentThread(JNIEnv** env, void* args) {
        return functions->AttachCurrentThread(this, env, args);
    }
    jint DetachCurrentThread() { return functions->DetachCurrentThread(this); }
    jint GetEnv(void** env, jint version) { return functions->GetEnv(this, env, version); }
    jint AttachCurrentThreadAsDaemon(JNIEnv** env, void* args) {
        return functions->AttachCurrentThreadAsDaemon(this, env, args);
    }
};
#endif

#undef __JNI_PRIMITIVES
#undef __JNI_VALUES
#undef __JNI_RESULTS

#ifdef __cplusplus
extern "C" {
#endif

/* What a library may define; the virtual machine calls them. */
JNIEXPORT jint JNI_OnLoad(JavaVM* vm, void* reserved);
JNIEXPORT void JNI_OnUnload(JavaVM* vm, void* reserved);

#ifdef __cplusplus
}
#endif
