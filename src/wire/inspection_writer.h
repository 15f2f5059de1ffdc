// Answers to questions from outside, to Cap'n Proto. For encode.cpp alone.
#pragma once

#include <wire.capnp.h>

#include <cstddef>

#include "wire/frame.h"

namespace quorate::wire {

/// How many words it takes in a frame: an upper bound.
std::size_t inspection_words(const Inspection& inspection);
void write_inspection(schema::wire::Inspection::Builder to, const Inspection& inspection);

}  // namespace quorate::wire
