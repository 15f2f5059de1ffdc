// What the hot path costs: payloads are referred to where they lie, and outlive their frame.
#include <gtest/gtest.h>

#include <cstdint>

#include "tests/unit/wire/samples.h"

namespace quorate::wire {
namespace {

bool lies_in(std::string_view part, std::string_view whole) {
    return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

/// The same bytes at an address that is `askew` over a word's.
Payload shifted(std::string_view bytes, std::size_t askew) {
    auto words = std::make_shared<std::vector<std::uint64_t>>(bytes.size() / 8 + 2);
    char* begin = reinterpret_cast<char*>(words->data()) + askew;
    std::copy(bytes.begin(), bytes.end(), begin);
    return Payload({begin, bytes.size()}, words);
}

Frame decoded(const Payload& bytes) {
    auto result = decode(bytes, group_name);
    EXPECT_TRUE(std::holds_alternative<Frame>(result));
    return std::get<Frame>(std::move(result));
}

TEST(Payloads, LieInTheBytesOfTheFrame) {
    const Payload bytes = encode(frame_of(RaftFrame{append(100, 200)}));
    const Frame frame = decoded(bytes);
    const auto& received = std::get<raft::Append>(std::get<RaftFrame>(frame.body).message);
    for (const raft::Entry& entry : received.entries) {
        if (entry.kind != raft::EntryKind::command) continue;
        EXPECT_TRUE(lies_in(entry.data.view(), bytes.view()));
    }
    const Payload message = encode(frame_of(one_message(std::string(5000, 'x'))));
    const auto sent = std::get<AppMessages>(decoded(message).body).messages;
    EXPECT_TRUE(lies_in(sent.front().data.view(), message.view()));
}

TEST(Payloads, AreAlignedSoThatWhatIsInThemCanBeReadInPlace) {
    const Payload bytes = encode(frame_of(Proposal{1, Payload("a command")}));
    const auto proposal = std::get<Proposal>(decoded(bytes).body);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(proposal.command.view().data()) % 8, 0u);
}

TEST(Payloads, OutliveTheFrameAndItsBytes) {
    Payload data, command;
    {
        const Payload bytes = encode(frame_of(one_message("stays")));
        data = std::get<AppMessages>(decoded(bytes).body).messages.front().data;
        command =
            std::get<Proposal>(
                decoded(shifted(encode(frame_of(Proposal{1, Payload("this too")})).view(), 3)).body)
                .command;
    }
    EXPECT_EQ(data.view(), "stays");
    EXPECT_EQ(command.view(), "this too");
}

TEST(Frames, AreReadFromAnyAddress) {
    for (const Body& body : all_bodies()) {
        const Payload bytes = encode(frame_of(body));
        for (std::size_t askew = 0; askew < 8; ++askew) {
            EXPECT_EQ(encode(decoded(shifted(bytes.view(), askew))), bytes) << body.index();
        }
    }
}

TEST(Frames, OfManyEntriesAndMegabytesStayWhole) {
    const Payload many = encode(frame_of(RaftFrame{append(10'000, 8)}));
    const Frame frame = decoded(many);
    EXPECT_EQ(std::get<raft::Append>(std::get<RaftFrame>(frame.body).message).entries.size(),
              10'002u);
    const Payload large = encode(frame_of(one_message(std::string(16 << 20, 'x'))));
    EXPECT_EQ(std::get<AppMessages>(decoded(large).body).messages.front().data.size(), 16u << 20);
}

}  // namespace
}  // namespace quorate::wire
