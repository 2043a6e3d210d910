#pragma once
#include <nan.h>

// Adds to the addon what worker/kafka/describe-addon.ts describes of it.
void InitLogOffsets(v8::Local<v8::Object> target);
