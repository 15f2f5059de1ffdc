// What the fuzzers share. A fuzzer is one function that takes any bytes and returns; what must hold
// of them it says with require(), which stops the program. libFuzzer calls it with inputs that it
// makes up, replay.cpp with the files of the corpus. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "quorate/events.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace quorate::fuzz {

inline void require(bool holds, const char* property) {
    if (holds) return;
    std::fprintf(stderr, "broken: %s\n", property);
    std::abort();
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// The bytes in memory of their own that ends where they end, `askew` bytes behind an address that
/// anything can be read from: the address sanitizer sees whoever reads on.
inline Payload payload_of(std::string_view bytes, std::size_t askew = 0) {
    const std::shared_ptr<char[]> own(new char[askew + bytes.size()]);
    if (!bytes.empty()) std::memcpy(own.get() + askew, bytes.data(), bytes.size());
    return Payload({own.get() + askew, bytes.size()}, own);
}

inline bool within(const Payload& part, const Payload& whole) {
    const char* begin = whole.view().data();
    const char* at = part.view().data();
    return part.size() == 0 || (at >= begin && at + part.size() <= begin + whole.size());
}

/// The input as a source of small decisions; zeros when it is used up.
class Input {
public:
    Input(const std::uint8_t* data, std::size_t size) : rest_(text_of(data, size)) {}

    bool empty() const { return rest_.empty(); }
    std::uint8_t byte() {
        if (rest_.empty()) return 0;
        const auto value = static_cast<std::uint8_t>(rest_.front());
        rest_.remove_prefix(1);
        return value;
    }
    std::uint64_t number(int bytes) {
        std::uint64_t value = 0;
        for (int i = 0; i < bytes; ++i) value |= std::uint64_t{byte()} << (8 * i);
        return value;
    }
    /// Two bytes of length, then so many bytes, or as many as there are.
    std::string_view bytes() {
        const std::size_t length = static_cast<std::size_t>(number(2));
        const std::string_view taken = rest_.substr(0, length);
        rest_.remove_prefix(taken.size());
        return taken;
    }

private:
    std::string_view rest_;
};

}  // namespace quorate::fuzz
