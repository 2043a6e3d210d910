// Objects, lists and texts of JavaScript.
#pragma once

#include <nan.h>

#include <string>
#include <vector>

inline void Set(v8::Local<v8::Object> object, const char* name, v8::Local<v8::Value> value) {
  Nan::Set(object, Nan::New(name).ToLocalChecked(), value).Check();
}
inline void Set(v8::Local<v8::Object> object, const char* name, double value) { Set(object, name, Nan::New(value)); }
inline void Set(v8::Local<v8::Object> object, const char* name, const char* text) {
  Set(object, name, Nan::New(text).ToLocalChecked());
}

inline v8::Local<v8::Value> Get(v8::Local<v8::Object> object, const char* name) {
  return Nan::Get(object, Nan::New(name).ToLocalChecked()).ToLocalChecked();
}

inline v8::Local<v8::Value> Give(const std::string& text) { return Nan::New(text).ToLocalChecked(); }
inline v8::Local<v8::Value> Give(int32_t number) { return Nan::New(number); }

template <typename T, typename F>
v8::Local<v8::Value> ListOf(const std::vector<T>& items, F give) {
  auto list = Nan::New<v8::Array>(static_cast<int>(items.size()));
  for (size_t i = 0; i < items.size(); i++) Nan::Set(list, static_cast<uint32_t>(i), give(items[i])).Check();
  return list;
}

// Of a text of C's, which may be missing.
inline std::string Text(const char* text) { return text == nullptr ? "" : text; }
