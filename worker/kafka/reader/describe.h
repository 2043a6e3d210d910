#pragma once
#include <nan.h>

// Adds to the addon what worker/kafka/describe-addon.ts describes, but for log-offsets.h.
void InitDescribe(v8::Local<v8::Object> target);
