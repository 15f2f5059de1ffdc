#include "allocations.h"

#include <execinfo.h>

#include <cstdlib>
#include <new>
#include <utility>

namespace {

thread_local std::uint64_t calls = 0;
thread_local bool counting = false;

}  // namespace

// The standard's array and nothrow forms call these.
void* operator new(std::size_t size) {
    if (counting) {
        ++calls;
        // For whoever hunts one down: QUORATE_TRACE_ALLOCATIONS=1 shows where each comes from.
        static const bool trace = std::getenv("QUORATE_TRACE_ALLOCATIONS") != nullptr;
        if (trace) {
            counting = false;
            void* frames[24];
            backtrace_symbols_fd(frames, backtrace(frames, 24), 2);
            counting = true;
        }
    }
    if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace quorate::steady {

std::uint64_t allocations() {
    return calls;
}

Counting::Counting() : before_(std::exchange(counting, true)) {}
Counting::~Counting() {
    counting = before_;
}
NotCounting::NotCounting() : before_(std::exchange(counting, false)) {}
NotCounting::~NotCounting() {
    counting = before_;
}

}  // namespace quorate::steady
