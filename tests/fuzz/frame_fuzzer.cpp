// wire::decode: any bytes at all, as they come from a socket or from the beacon address (rule 12).
#include "base/endpoint.h"
#include "base/text.h"
#include "raft/validate.h"
#include "tests/fuzz/fuzz.h"
#include "wire/codec.h"

namespace quorate::fuzz {
namespace {

constexpr const char* group = "feeder.A";
constexpr wire::DecodeLimits tight{
    .frame_bytes = 1024, .contacts = 1, .entries = 3, .messages = 1, .members = 4};

using Decoded = std::variant<wire::Frame, wire::DecodeError>;

/// That a frame is what codec.h promises: within the limits, its strings names and endpoints, its
/// payloads parts of the bytes that came.
struct Promised {
    const Payload& bytes;
    const wire::DecodeLimits& limits;

    void endpoint(const std::string& text, bool may_be_none = false) const {
        require((may_be_none && text.empty()) || base::is_dialable(text), "an endpoint is one");
    }
    void payload(const Payload& part) const {
        require(within(part, bytes), "a payload lies within the frame's bytes");
    }
    void contacts(const std::vector<wire::Contact>& all) const {
        require(all.size() <= limits.contacts, "contacts are within their limit");
        for (const wire::Contact& each : all) {
            require(static_cast<bool>(each.id), "a contact has an id");
            endpoint(each.endpoint);
        }
    }
    void introduced(const wire::Introduction& self) const {
        require(base::is_name(self.name), "a name is printable");
        endpoint(self.endpoint);
    }
    void standing(const wire::Standing& standing) const {
        endpoint(standing.leader_endpoint, true);
    }
    void configuration(const raft::Configuration& configuration) const {
        require(raft::is_sound(configuration), "a configuration is sound");
        require(configuration.learners.size() <= limits.members, "members are within their limit");
    }

    void operator()(const wire::Hello& m) const { hello(m); }
    void operator()(const wire::HelloReply& m) const { hello(m); }
    void operator()(const wire::FoundingProposal& m) const {
        require(static_cast<bool>(m.founding), "a founding has an id");
        contacts(m.invited);
    }
    void operator()(const wire::FoundingAck& m) const { introduced(m.self); }
    void operator()(const wire::FoundingDone& m) const {
        require(m.founding.roster.size() <= limits.members, "a roster is within its limit");
        require(!find_problem(m.founding.spec), "a founding's spec is usable");
    }
    void operator()(const wire::JoinRequest& m) const { introduced(m.self); }
    void operator()(const wire::JoinReply& m) const {
        endpoint(m.leader_endpoint, true);
        require(base::count_printable(m.reason).has_value(), "a reason is printable");
    }
    void operator()(const wire::RaftFrame& m) const {
        require(raft::is_sound(m.message), "a Raft message is sound");
        if (const auto* append = std::get_if<raft::Append>(&m.message)) {
            require(append->entries.size() <= limits.entries, "entries are within their limit");
            for (const raft::Entry& entry : append->entries) {
                payload(entry.data);
                if (entry.configuration) configuration(*entry.configuration);
            }
        }
        if (const auto* install = std::get_if<raft::InstallSnapshot>(&m.message)) {
            payload(install->snapshot->state);
            configuration(install->snapshot->configuration);
        }
    }
    void operator()(const wire::Proposal& m) const { payload(m.command); }
    void operator()(const wire::ProposalReply&) const {}
    void operator()(const wire::AppMessages& m) const {
        require(!m.messages.empty() && m.messages.size() <= limits.messages,
                "messages are within their limit");
        for (const wire::AppMessage& each : m.messages) payload(each.data);
    }
    void operator()(const wire::Farewell&) const {}
    void operator()(const wire::OtherDeployment&) const {}
    void operator()(const wire::Beacon& m) const {
        introduced(m.self);
        standing(m.standing);
    }
    void operator()(const wire::Inspect& m) const { endpoint(m.reply_to); }
    void operator()(const wire::Inspection& m) const {
        require(base::is_name(m.name), "a name is printable");
        std::visit([this](const auto& answer) { answered(answer); }, m.answer);
    }
    void answered(const GroupStatus& status) const {
        endpoint(status.endpoint, true);
        require(base::count_printable(status.beacon_problem).has_value(), "a reason is printable");
        require(status.members.size() <= limits.members, "members are within their limit");
        for (const MemberInfo& member : status.members) {
            require(base::is_name(member.name), "a name is printable");
        }
    }
    void answered(const std::vector<ElectionRecord>& elections) const {
        require(elections.size() <= kept_elections, "elections are within their limit");
        for (const ElectionRecord& election : elections) {
            require(election.votes.size() <= kept_election_votes, "votes are within their limit");
            require(election.leader_name.empty() || base::is_name(election.leader_name),
                    "a name is printable");
        }
    }

    template <class SomeHello>
    void hello(const SomeHello& m) const {
        introduced(m.self);
        standing(m.standing);
        contacts(m.contacts);
    }
};

void check_frame(const wire::Frame& frame, const Payload& bytes, const wire::DecodeLimits& limits) {
    const bool unnamed =
        frame.header.group.empty() && std::holds_alternative<wire::Inspect>(frame.body);
    require((frame.header.group == group || unnamed) && frame.header.sender,
            "a frame is of ours, by somebody");
    std::visit(Promised{bytes, limits}, frame.body);
}

/// What it is told to be: the frame as this version writes it, or why there is none.
std::string told(const Decoded& decoded) {
    const auto* frame = std::get_if<wire::Frame>(&decoded);
    if (frame != nullptr) return wire::encode(*frame).str();
    return std::to_string(static_cast<int>(std::get<wire::DecodeError>(decoded).drop));
}

}  // namespace
}  // namespace quorate::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace quorate;
    using namespace quorate::fuzz;
    const Payload bytes = payload_of(text_of(data, size));
    const Decoded decoded = wire::decode(bytes, group);
    const std::string as_told = told(decoded);
    require(told(wire::decode(payload_of(bytes.view(), 3), group)) == as_told,
            "a frame reads the same from any address");
    const Decoded strictly = wire::decode(bytes, group, tight);
    if (const auto* frame = std::get_if<wire::Frame>(&strictly)) {
        require(size <= tight.frame_bytes, "a frame is within its limit");
        check_frame(*frame, bytes, tight);
        require(told(strictly) == as_told, "tighter limits change no frame");
    }
    const auto* frame = std::get_if<wire::Frame>(&decoded);
    if (frame == nullptr) return 0;
    check_frame(*frame, bytes, {});
    const Payload again = payload_of(as_told);
    const Decoded reread = wire::decode(again, group);
    require(std::holds_alternative<wire::Frame>(reread), "what was decoded encodes to a frame");
    check_frame(std::get<wire::Frame>(reread), again, {});
    require(told(reread) == as_told, "and to the same one");
    const Payload copy = wire::FrameEncoder(*frame).bytes_for(frame->header.receiver);
    require(told(wire::decode(payload_of(copy.view()), group)) == as_told,
            "a copy for one of several receivers is the same frame");
    return 0;
}
