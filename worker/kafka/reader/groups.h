#pragma once
#include <nan.h>

// Adds to the addon what worker/kafka/groups.ts describes.
void InitGroups(v8::Local<v8::Object> target);
