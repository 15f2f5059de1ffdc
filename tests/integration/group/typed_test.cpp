// Typed messages and topics. Cap'n Proto's own schema of schemas serves as the example.
#include "quorate/typed.h"

#include <capnp/schema.capnp.h>
#include <gtest/gtest.h>

#include "members.h"

namespace quorate {
namespace {

using Schema = capnp::schema::Node;

TypedMessage<Schema>& filled(TypedMessage<Schema>&& message, const std::string& name) {
    message.root().setDisplayName(name);
    message.root().setId(42);
    return message;
}

Payload named(const std::string& name, std::size_t expected_bytes = 1024) {
    return std::move(filled(TypedMessage<Schema>(expected_bytes), name)).payload();
}

std::string topic_of(const std::string& name) {
    return std::move(filled(TypedMessage<Schema>(), name)).topic();
}

template <class Bytes>
std::string name_in(const Bytes& bytes) {
    std::string name;
    auto read = read_typed<Schema>(bytes, [&](Schema::Reader node) {
        name = node.getDisplayName().cStr();
        EXPECT_EQ(node.getId(), 42u);
    });
    return read ? name : "error: " + read.error().message;
}

TEST(Typed, what_is_built_is_read) {
    EXPECT_EQ(name_in(named("breaker 7")), "breaker 7");
}

TEST(Typed, a_message_that_outgrows_its_first_segment_is_whole) {
    const std::string long_name(10'000, 'x');
    EXPECT_EQ(name_in(named(long_name, 64)), long_name);
}

TEST(Typed, the_payload_is_the_standard_framing) {
    const Payload payload = named("breaker 7");
    ASSERT_EQ(payload.size() % sizeof(capnp::word), 0u);
    kj::ArrayInputStream stream(
        kj::arrayPtr(reinterpret_cast<const kj::byte*>(payload.view().data()), payload.size()));
    capnp::InputStreamMessageReader reader(stream);
    EXPECT_STREQ(reader.getRoot<Schema>().getDisplayName().cStr(), "breaker 7");
}

TEST(Typed, aligned_bytes_are_read_where_they_lie) {
    const Payload payload = named("breaker 7");
    const char* begin = payload.view().data();
    auto read = read_typed<Schema>(payload, [&](Schema::Reader node) {
        const char* name = node.getDisplayName().cStr();
        EXPECT_TRUE(name > begin && name < begin + payload.size());
    });
    EXPECT_TRUE(read);
}

TEST(Typed, unaligned_bytes_are_read_too) {
    const Payload payload = named("breaker 7");
    const auto shifted = std::make_shared<const std::string>("x" + payload.str());
    const std::string_view tail = std::string_view(*shifted).substr(1);
    EXPECT_EQ(name_in(Payload(tail, shifted)), "breaker 7");
}

TEST(Typed, the_topics_of_votes_and_actions_arrive_as_they_were_built) {
    using namespace std::chrono_literals;
    using testing::Member;
    testing::Room room(3,
                       [](CoordinatorOptions& options) { options.clock = ActionClock::monotonic; });
    std::vector<std::string> due;
    for (Member* member : room.pointers()) {
        member->group.on_vote_request([member](const VoteRequest& e) {
            member->asked.push_back(e);
            EXPECT_TRUE(member->group.send_vote(e.poll, name_in(e.topic) == "breaker 7"));
        });
        member->group.on_action_due(
            [&due](const ActionDue& e) { due.push_back(name_in(e.topic)); });
    }
    Group& group = room[0].group;
    ASSERT_TRUE(group.await(group.request_vote(topic_of("breaker 7"), {.timeout = 5s})));
    ASSERT_TRUE(room.await([&] { return room[1].results.size() == 1; }));
    EXPECT_EQ(room[1].results[0].outcome, Outcome::yes);

    ASSERT_TRUE(group.await(group.request_action(
        topic_of("breaker 7"), group.action_time() + 1500ms, {.timeout = 1s, .tolerance = 1s})));
    ASSERT_TRUE(room.await([&] { return due.size() == 3; }));
    EXPECT_EQ(due, std::vector<std::string>(3, "breaker 7"));
}

TEST(Typed, what_is_no_message_is_an_error_whatever_it_is) {
    for (const std::string& bytes :
         {std::string(), std::string("voltage 0.97"), std::string(8, '\xff'),
          std::string(64, '\xff'), std::string(4096, '\x7f')}) {
        auto read = read_typed<Schema>(Payload(bytes), [](Schema::Reader node) {
            EXPECT_EQ(node.getDisplayName().size(), 0u);
        });
        ASSERT_FALSE(read) << bytes.size() << " bytes";
        EXPECT_EQ(read.error().code, ErrorCode::bad_argument);
    }
}

TEST(Typed, a_damaged_message_is_an_error_or_another_message_but_never_more) {
    const std::string whole = named("breaker 7").str();
    for (std::size_t i = 0; i < whole.size(); ++i) {
        for (const int flip : {0x01, 0x80, 0xff}) {
            std::string damaged = whole;
            damaged[i] = static_cast<char>(damaged[i] ^ flip);
            (void)read_typed<Schema>(Payload(damaged), [](Schema::Reader node) {
                (void)node.getDisplayName().size();
                (void)node.getNestedNodes().size();
            }).ok();
        }
    }
}

}  // namespace
}  // namespace quorate
