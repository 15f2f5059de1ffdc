// read_typed: a message of any member, which may be anything. The schema is that of a founding: it
// has numbers, groups, a union, texts, a struct and a list of structs.
#include "quorate/typed.h"

#include <log.capnp.h>

#include "tests/fuzz/fuzz.h"

namespace quorate::fuzz {
namespace {

using Founding = schema::log::Founding;

/// All of it, built anew; the segments start with `expected_bytes`.
Payload copy_of(Founding::Reader founding, std::size_t expected_bytes) {
    TypedMessage<Founding> copy(expected_bytes);
    auto root = copy.root();
    root.getIncarnation().setHigh(founding.getIncarnation().getHigh());
    root.getIncarnation().setLow(founding.getIncarnation().getLow());
    root.setEpoch(founding.getEpoch());
    root.setSpec(founding.getSpec());
    root.setRoster(founding.getRoster());
    return std::move(copy).payload();
}

Result<> copy_from(const Payload& bytes, std::size_t expected_bytes, Payload& copy) {
    return read_typed<Founding>(
        bytes, [&](Founding::Reader founding) { copy = copy_of(founding, expected_bytes); });
}

}  // namespace
}  // namespace quorate::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace quorate;
    using namespace quorate::fuzz;
    Input input(data, size);
    const std::size_t expected_bytes = 8 * std::size_t{input.byte()};
    // Without the first byte, and so from an address that is not aligned.
    const std::string_view message = text_of(data, size).substr(std::min<std::size_t>(size, 1));
    Payload copy, shifted;
    const bool read = copy_from(payload_of(message), expected_bytes, copy).ok();
    require(copy_from(payload_of(message, 1), expected_bytes, shifted).ok() == read,
            "a message reads the same from any address");
    if (!read) return 0;
    require(copy == shifted, "a message reads the same from any address");
    Payload again, small;
    require(copy_from(copy, expected_bytes, again).ok() && again == copy,
            "what was read and built again reads the same");
    require(copy_from(copy, 0, small).ok() && copy_from(small, expected_bytes, again).ok() &&
                again == copy,
            "in however many segments it was built");
    return 0;
}
