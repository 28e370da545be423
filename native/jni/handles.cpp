#include "jni/handles.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/engine.h"

namespace mobilegen {
namespace {

struct Slot {
  mobilegen_engine* engine;  // null: free
  uint32_t generation;       // grows with every engine, so that old numbers stay wrong
  int users;
  bool closing;
};

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
Slot* slots = 0;
uint32_t slot_count = 0;

jlong handle_of(uint32_t index) {
  return static_cast<jlong>(static_cast<uint64_t>(slots[index].generation & 0x7FFFFFFF) << 32 |
                            (index + 1));
}

Slot* find(jlong handle) {
  const uint32_t index = static_cast<uint32_t>(handle) - 1;
  if (handle <= 0 || index >= slot_count) return 0;
  Slot* slot = &slots[index];
  return slot->engine && handle_of(index) == handle ? slot : 0;
}

// Returns the engine to close if nobody needs it any more.
mobilegen_engine* take_if_done(Slot* slot) {
  if (!slot->closing || slot->users) return 0;
  mobilegen_engine* engine = slot->engine;
  slot->engine = 0;
  return engine;
}

bool grow() {
  const uint32_t more = slot_count ? 2 * slot_count : 8;
  Slot* grown = static_cast<Slot*>(realloc(slots, more * sizeof(Slot)));
  if (!grown) return false;
  memset(grown + slot_count, 0, (more - slot_count) * sizeof(Slot));
  slots = grown;
  slot_count = more;
  return true;
}

}  // namespace

jlong handle_create(mobilegen_engine* engine) {
  pthread_mutex_lock(&mutex);
  uint32_t index = 0;
  while (index < slot_count && slots[index].engine) index++;
  jlong handle = 0;
  if (index < slot_count || grow()) {
    const Slot slot = {engine, slots[index].generation + 1, 0, false};
    slots[index] = slot;
    handle = handle_of(index);
  }
  pthread_mutex_unlock(&mutex);
  if (!handle) mobilegen_close(engine);
  return handle;
}

void handle_close(jlong handle) {
  mobilegen_engine* engine = 0;
  {
    Lock lock(&mutex);
    Slot* slot = find(handle);
    if (!slot) return;
    slot->closing = true;
    engine = take_if_done(slot);
  }
  mobilegen_close(engine);
}

Use::Use(jlong handle) : handle_(handle), engine_(0) {
  Lock lock(&mutex);
  Slot* slot = find(handle);
  if (!slot || slot->closing) return;
  slot->users++;
  engine_ = slot->engine;
}

Use::~Use() {
  if (!engine_) return;
  mobilegen_engine* unused = 0;
  {
    Lock lock(&mutex);
    Slot* slot = find(handle_);
    slot->users--;
    unused = take_if_done(slot);
  }
  mobilegen_close(unused);
}

}  // namespace mobilegen
