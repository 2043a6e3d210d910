// Puts passages of one text between what was written, into a third.
#pragma once

#include <nan.h>

void InitSplice(v8::Local<v8::Object> target);
