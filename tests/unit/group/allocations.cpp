#include "tests/unit/group/allocations.h"

#include <cstdlib>
#include <new>

namespace {

thread_local std::uint64_t calls = 0;

}  // namespace

// The standard's array and nothrow forms call these.
void* operator new(std::size_t size) {
    ++calls;
    if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace quorate::testing {

std::uint64_t allocations() {
    return calls;
}

}  // namespace quorate::testing
