// Memory that is filled in a pool thread, and then owned by an ArrayBuffer.
#pragma once

#include <nan.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

struct FreeMemory {
  void operator()(void* memory) const { free(memory); }
};

// One allocation. All that may throw throws std::bad_alloc.
template <class T>
struct Column {
  std::unique_ptr<T, FreeMemory> data;
  size_t size = 0;

  void Allocate(size_t count, size_t extra = 0) {
    data.reset(static_cast<T*>(malloc((count + extra + 1) * sizeof(T))));
    if (!data) throw std::bad_alloc();
    size = count;
  }
  T& operator[](size_t i) { return data.get()[i]; }
  template <class View>
  v8::Local<v8::Value> HandOver() {
    auto store = v8::ArrayBuffer::NewBackingStore(
        data.release(), size * sizeof(T), [](void* memory, size_t, void*) { free(memory); }, nullptr);
    return View::New(v8::ArrayBuffer::New(v8::Isolate::GetCurrent(), std::move(store)), 0, size);
  }
};

// One whose size shows only while it is filled.
template <class T>
struct GrowingColumn : Column<T> {
  bool Fits(size_t more) const { return this->size + more <= capacity_; }
  // Room for so many more.
  void Reserve(size_t more) {
    if (!Fits(more)) Resize(std::max(this->size + more, 2 * capacity_));
  }
  // Nothing more comes.
  void Trim() { Resize(this->size); }

 private:
  void Resize(size_t capacity) {
    T* resized = static_cast<T*>(realloc(this->data.get(), (capacity + 1) * sizeof(T)));
    if (resized == nullptr) throw std::bad_alloc();
    static_cast<void>(this->data.release());
    this->data.reset(resized);
    capacity_ = capacity;
  }

  size_t capacity_ = 0;
};
