// Reads ncnn's files from memory, never past their end.
#ifndef MOBILEGEN_NCNN_READER_H
#define MOBILEGEN_NCNN_READER_H

#include "core/file.h"
#include "datareader.h"

namespace mobilegen {

class Reader : public ncnn::DataReader {
 public:
  explicit Reader(const File& file) : data_(file.data), left_(file.size) {}

  int scan(const char* format, void* value) const override;
  size_t read(void* buffer, size_t size) const override;
  size_t reference(size_t size, const void** data) const override;

  // Bytes that nobody asked for.
  size_t left() const { return left_; }

 private:
  void skip_space() const;
  void advance(size_t count) const;

  mutable const unsigned char* data_;
  mutable size_t left_;
};

}  // namespace mobilegen

#endif
