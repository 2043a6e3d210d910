#pragma once
#include <nan.h>

// Adds to the addon what worker/kafka/produce.ts describes.
void InitProduce(v8::Local<v8::Object> target);
