// The toy runtime: a C++ library inside, with threads, strings and containers.
#include "toy.h"

#include <string.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

struct toy_model {
  int32_t rows = 0, columns = 0, channels = 0;
  std::vector<float> scale, shift;
  int threads = 1;
};

namespace {

// Ran before main: without it no operator is known.
struct Operators {
  std::map<std::string, std::function<float(float, float, float)>> table;
  Operators() {
    table["Affine"] = [](float x, float scale, float shift) { return x * scale + shift; };
  }
} operators;

std::string read(const char* data, size_t size, toy_model* model) {
  int32_t sizes[3];
  if (size < 4 + sizeof sizes || memcmp(data, "TOY1", 4)) return "it does not begin with TOY1";
  memcpy(sizes, data + 4, sizeof sizes);
  model->rows = sizes[0], model->columns = sizes[1], model->channels = sizes[2];
  const size_t numbers = static_cast<size_t>(model->channels) * sizeof(float);
  const size_t pixels = static_cast<size_t>(model->rows) * static_cast<size_t>(model->columns);
  const size_t expected = 4 + sizeof sizes + numbers * (1 + pixels);
  if (size != expected) {
    return "it has " + std::to_string(size) + " bytes instead of " + std::to_string(expected);
  }
  model->scale.resize(model->channels);
  model->shift.resize(model->channels * pixels);
  memcpy(model->scale.data(), data + 4 + sizeof sizes, numbers);
  memcpy(model->shift.data(), data + 4 + sizeof sizes + numbers, numbers * pixels);
  return "";
}

// Channels last: one pixel after the other. A test lets it be wrong.
size_t place(const toy_model& model, int pixel, int channel) {
#ifdef TOY_CHANNELS_FIRST
  return static_cast<size_t>(channel) * model.rows * model.columns + pixel;
#else
  return static_cast<size_t>(pixel) * model.channels + channel;
#endif
}

void compute(const toy_model& model, const int64_t* x, uint8_t* y, int first, int last) {
  const auto& affine = operators.table.at("Affine");
  for (int pixel = first; pixel < last; pixel++) {
    for (int c = 0; c < model.channels; c++) {
      const size_t at = place(model, pixel, c);
      const size_t own = static_cast<size_t>(pixel) * model.channels + c;
      const float value = affine(static_cast<float>(x[at]), model.scale[c], model.shift[own]);
      y[at] = static_cast<uint8_t>(std::min(255.0f, std::max(0.0f, std::floor(value))));
    }
  }
}

}  // namespace

toy_model* toy_open(const void* data, size_t size, int threads, char* said, size_t room) {
  std::unique_ptr<toy_model> model(new toy_model);
  const std::string wrong = read(static_cast<const char*>(data), size, model.get());
  model->threads = std::max(1, threads);
  if (wrong.empty()) return model.release();
  strncpy(said, wrong.c_str(), room - 1);
  said[room - 1] = 0;
  return nullptr;
}

int toy_run(toy_model* model, const int64_t* x, uint8_t* y) {
  const int pixels = model->rows * model->columns;
  const int part = (pixels + model->threads - 1) / model->threads;
  std::mutex mutex;
  int done = 0;
  std::vector<std::thread> threads;
  for (int first = 0; first < pixels; first += part) {
    const int last = std::min(pixels, first + part);
    threads.emplace_back([&, first, last] {
      compute(*model, x, y, first, last);
      std::lock_guard<std::mutex> guard(mutex);
      done += last - first;
    });
  }
  for (std::thread& thread : threads) thread.join();
  return done == pixels ? 0 : 1;
}

void toy_close(toy_model* model) { delete model; }
