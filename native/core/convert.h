// Values of one element type as another: exactly, or refused. Real numbers are rounded to the
// nearest of a smaller type, to even from the middle, but a finite one never becomes infinite.
//
// Templates, so that a library has only the loops of its model; without branches in them, so that
// compilers use vectors.
#ifndef MOBILEGEN_CORE_CONVERT_H
#define MOBILEGEN_CORE_CONVERT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

namespace mobilegen {

struct Half {
  uint16_t bits;  // IEEE 754 binary16
};

struct Bool {
  uint8_t value;
};

inline float float_of(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof(value));
  return value;
}

inline uint32_t bits_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof(bits));
  return bits;
}

inline bool finite(double value) { return value - value == 0; }

// Below 2^-14 a binary16 counts in steps of 2^-24.
const float kSmallStep = 5.9604644775390625e-8f;
const uint32_t kSmallestNormal = 0x38800000;
const uint32_t kInfinity = 0x7F800000;
const uint32_t kHalfInfinity = 0x7C00;

inline float widen(Half half) {
  const uint32_t sign = static_cast<uint32_t>(half.bits & 0x8000) << 16;
  const uint32_t rest = half.bits & 0x7FFF;
  const uint32_t small = bits_of(static_cast<float>(static_cast<int32_t>(rest)) * kSmallStep);
  const uint32_t normal = (rest << 13) + (112u << 23);
  const uint32_t special = kInfinity | (rest << 13);
  const uint32_t bits = rest < 0x400 ? small : rest < kHalfInfinity ? normal : special;
  return float_of(sign | bits);
}

inline Half narrow(float value) {
  const uint32_t all = bits_of(value), rest = all & 0x7FFFFFFF;
  // Adding 0.5 shifts the steps of 2^-24 to the end of the fraction, rounded as floats are.
  const uint32_t small = bits_of(float_of(rest < kInfinity ? rest : 0) + 0.5f) - 0x3F000000;
  const uint32_t normal = (rest + 0xFFF + (rest >> 13 & 1) - (112u << 23)) >> 13;
  const uint32_t finite_bits = rest < kSmallestNormal ? small : normal;
  const uint32_t capped = finite_bits < kHalfInfinity ? finite_bits : kHalfInfinity;
  const uint32_t bits = rest > kInfinity ? 0x7E00 : rest == kInfinity ? kHalfInfinity : capped;
  const Half half = {static_cast<uint16_t>((all >> 16 & 0x8000) | bits)};
  return half;
}

// Whole numbers up to this are all there among the real ones of a type.
inline int64_t whole_limit(float) { return 1 << 24; }
inline int64_t whole_limit(double) { return 1LL << 53; }

inline int64_t least(int64_t) { return INT64_MIN; }
inline int64_t least(int32_t) { return INT32_MIN; }
inline int64_t least(uint8_t) { return 0; }
inline int64_t most(int64_t) { return INT64_MAX; }
inline int64_t most(int32_t) { return INT32_MAX; }
inline int64_t most(uint8_t) { return UINT8_MAX; }

// What fits into a float fits into 32 bits, which every processor converts itself.
inline float real_of(int64_t whole, float) { return static_cast<float>(static_cast<int32_t>(whole)); }
inline double real_of(int64_t whole, double) { return static_cast<double>(whole); }
inline int64_t whole_of(float real) { return static_cast<int32_t>(real); }
inline int64_t whole_of(double real) { return static_cast<int64_t>(real); }

template <typename Whole, typename Real>
inline bool carry_whole_to_real(Whole from, Real* to) {
  const int64_t limit = whole_limit(Real()), whole = from;
  const bool fits = whole >= -limit && whole <= limit;
  *to = real_of(fits ? whole : 0, Real());
  return fits;
}

template <typename Real, typename Whole>
inline bool carry_real_to_whole(Real from, Whole* to) {
  const int64_t limit = whole_limit(Real());
  const int64_t low = least(Whole()) < -limit ? -limit : least(Whole());
  const int64_t high = most(Whole()) > limit ? limit : most(Whole());
  const bool inside = from >= static_cast<Real>(low) && from <= static_cast<Real>(high);
  const Real real = inside ? from : 0;
  const int64_t whole = whole_of(real);
  *to = static_cast<Whole>(whole);
  return inside && real_of(whole, Real()) == real;
}

template <typename From, typename To>
inline bool carry_whole_to_whole(From from, To* to) {
  const int64_t whole = from;
  *to = static_cast<To>(whole);
  return *to == whole;
}

// From a plain number to a plain number.
inline bool carry(float from, float* to) { return *to = from, true; }
inline bool carry(float from, double* to) { return *to = from, true; }
inline bool carry(double from, double* to) { return *to = from, true; }
inline bool carry(double from, float* to) {
  *to = static_cast<float>(from);
  return finite(*to) || !finite(from);
}
template <typename Whole>
inline bool carry(Whole from, float* to) { return carry_whole_to_real(from, to); }
template <typename Whole>
inline bool carry(Whole from, double* to) { return carry_whole_to_real(from, to); }
template <typename Whole>
inline bool carry(float from, Whole* to) { return carry_real_to_whole(from, to); }
template <typename Whole>
inline bool carry(double from, Whole* to) { return carry_real_to_whole(from, to); }
template <typename From, typename To>
inline bool carry(From from, To* to) { return carry_whole_to_whole(from, to); }

// binary16 goes by way of a float; a truth value is the number 0 or 1.
inline float plain(Half half) { return widen(half); }
inline uint8_t plain(Bool truth) { return truth.value != 0; }
template <typename Number>
inline Number plain(Number number) { return number; }

template <typename From, typename To>
inline bool put(From from, To* to) { return carry(from, to); }
template <typename From>
inline bool put(From from, Half* to) {
  float value;
  const bool fits = carry(from, &value);
  *to = narrow(value);
  return fits && (finite(widen(*to)) || !finite(value));
}
// Of whole numbers only those that binary16 has; real ones are rounded.
template <typename Whole>
inline bool put_whole(Whole from, Half* to) {
  const int64_t whole = from;
  const bool fits = whole >= -2048 && whole <= 2048;
  *to = narrow(static_cast<float>(static_cast<int32_t>(fits ? whole : 0)));
  return fits;
}
inline bool put(int32_t from, Half* to) { return put_whole(from, to); }
inline bool put(int64_t from, Half* to) { return put_whole(from, to); }
inline bool put(uint8_t from, Half* to) { return put_whole(from, to); }
template <typename From>
inline bool put(From from, Bool* to) {
  to->value = from == 1;
  return from == 0 || from == 1;
}

// A `Convert` of core/model.h.
template <typename From, typename To>
size_t convert(const void* from, void* to, size_t count) {
  const From* source = static_cast<const From*>(from);
  To* target = static_cast<To*>(to);
  unsigned refused = 0;
  for (size_t i = 0; i < count; i++) refused |= !put(plain(source[i]), &target[i]);
  size_t good = 0;
  while (refused && good < count && put(plain(source[good]), &target[good])) good++;
  return refused ? good : count;
}

}  // namespace mobilegen

#endif
