// Engines as numbers that Java can hold. A wrong number is an error, never a wrong address; an
// engine is freed when it was closed and its last user is done.
#ifndef MOBILEGEN_JNI_HANDLES_H
#define MOBILEGEN_JNI_HANDLES_H

#include <jni.h>

#include "mobilegen/engine.h"

namespace mobilegen {

// Returns a number above 0, or 0 if memory ran out; the engine is then closed.
jlong handle_create(mobilegen_engine* engine);

void handle_close(jlong handle);

// The engine of a handle for the time of a call; null if it was closed or never was.
class Use {
 public:
  explicit Use(jlong handle);
  ~Use();
  mobilegen_engine* engine() const { return engine_; }

 private:
  Use(const Use&);
  jlong handle_;
  mobilegen_engine* engine_;
};

}  // namespace mobilegen

#endif
