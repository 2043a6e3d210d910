// Fields of JavaScript objects.
#pragma once

#include <nan.h>

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
