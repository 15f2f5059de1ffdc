// A Raft core, and whatever the network may say to it. Members 1 (the core), 2 and 3 have seats, 4
// learns, 5 to 8 are strangers. Anybody lies about everything, in any name: nobody is authenticated
// here. Each message goes through its bytes where it can.
#include <deque>

#include "raft/raft.h"
#include "raft/validate.h"
#include "tests/fuzz/fuzz.h"
#include "wire/codec.h"

namespace quorate::raft {
namespace {

using namespace std::chrono_literals;
using fuzz::Input;
using fuzz::payload_of;
using fuzz::require;

constexpr int max_steps = 200;
constexpr const char* group = "feeder.A";

MemberId member(std::uint64_t number) {
    return MemberId{0, number};
}

class Story {
public:
    Story(const std::uint8_t* data, std::size_t size);
    void tell();

private:
    void step();
    void wait(Nanos time);
    void ask_something();
    void hear(MemberId from, Message message);
    void hear_frame(MemberId from, std::string_view bytes);
    void turn();
    void settle_disk();
    void check_sent(const std::vector<Outgoing>& sent) const;
    void check_core();

    std::uint64_t near(std::uint64_t value);
    Nanos some_time();
    std::vector<MemberId> some_members();
    Configuration some_configuration();
    Message some_message();
    Append some_append();
    InstallSnapshot some_state();

    Input input_;
    bool slow_disk_;
    Options options_;
    Moment now_{10s, 20s};
    Raft core_;
    std::deque<Index> persisting_;
    Index applied_ = 0, committed_ = 0;
    std::uint64_t reads_ = 0;
    HardState last_;
};

Options options_of(std::uint8_t choice) {
    Options options;
    options.self = member(1);
    // The longest timing that a spec may have, or an ordinary one.
    const Nanos unit = choice & 1 ? Nanos(5h) : Nanos(50ms);
    options.heartbeat = unit;
    options.election_min = 3 * unit;
    options.election_max = 4 * unit;
    options.seed = choice;
    options.withhold_until = choice & 2 ? Nanos(12s) : base::long_ago;
    options.max_append_entries = 3;
    options.max_in_flight = 2;
    options.senders_are_authenticated = false;
    return options;
}

std::shared_ptr<const Snapshot> founding() {
    Snapshot snapshot;
    snapshot.configuration = {{member(1), member(2), member(3)}, {}, {member(4)}, {}, 3};
    snapshot.state = Payload("founded");
    return std::make_shared<const Snapshot>(std::move(snapshot));
}

Story::Story(const std::uint8_t* data, std::size_t size)
    : input_(data, size),
      slow_disk_(size > 0 && (data[0] & 4) != 0),
      options_(options_of(input_.byte())),
      core_(options_, now_, founding()) {}

void Story::tell() {
    for (int i = 0; i < max_steps && !input_.empty(); ++i) {
        step();
        turn();
    }
    settle_disk();
    turn();
}

void Story::step() {
    const std::uint8_t kind = input_.byte();
    const MemberId other = member(1 + kind / 32);
    switch (kind % 32) {
        case 0:
        case 1:
            return wait(std::max(core_.next_deadline() - now_.monotonic, Nanos{0}));
        case 2:
            return wait(std::chrono::milliseconds(input_.byte()));
        case 3:
            // The machine slept: CLOCK_BOOTTIME alone went on.
            now_.boottime += std::chrono::seconds(input_.byte());
            return;
        case 4:
            return settle_disk();
        case 5:
            return hear_frame(other, input_.bytes());
        case 6:
            return core_.declare_dead(now_, other);
        case 7:
            return core_.stalled(now_, some_time());
        case 8:
        case 9:
            return ask_something();
        default:
            return hear(other, some_message());
    }
}

void Story::wait(Nanos time) {
    time = std::min(time, Nanos(100h));
    now_.monotonic += time;
    now_.boottime += time;
    core_.tick(now_);
}

/// What the component and the rooms around the core ask of it.
void Story::ask_something() {
    switch (input_.byte() % 8) {
        case 0:
            (void)core_.propose(now_, Payload(std::string(input_.byte(), 'x')));
            return;
        case 1:
            (void)core_.change_configuration(now_, some_members(), some_members());
            return;
        case 2:
            (void)core_.transfer_leadership(now_, member(input_.byte() % 9));
            return;
        case 3:
            return core_.campaign(now_, Trigger::founding);
        case 4:
            if (applied_ > 0) core_.compact(applied_, Payload("state"), input_.byte() % 4);
            return;
        case 5:
            return core_.stop_withholding();
        case 6:
            return core_.suspect(member(input_.byte() % 9));
        default:
            (void)core_.read(now_, ++reads_, input_.byte() & 1 ? ReadBy::lease : ReadBy::quorum);
    }
}

void Story::hear(MemberId from, Message message) {
    wire::Frame frame{{group, IncarnationId{1, 1}, from, member(1)}, wire::RaftFrame{message}};
    const bool sound = is_sound(message);
    const auto decoded = wire::decode(payload_of(wire::encode(frame).view()), group);
    if (const auto* arrived = std::get_if<wire::Frame>(&decoded)) {
        message = std::get<wire::RaftFrame>(arrived->body).message;
        require(sound && is_sound(message), "what is not sound is no frame");
    } else if (sound) {
        return;  // a time that no clock shows
    }
    core_.receive(now_, from, message);
}

void Story::hear_frame(MemberId from, std::string_view bytes) {
    const auto decoded = wire::decode(payload_of(bytes), group);
    const auto* frame = std::get_if<wire::Frame>(&decoded);
    const auto* raft = frame ? std::get_if<wire::RaftFrame>(&frame->body) : nullptr;
    if (raft != nullptr) hear(from, raft->message);
}

/// As the owner does (raft.h); the disk may take its time.
void Story::turn() {
    const Output out = core_.take_output(now_);
    if (out.hard_state) {
        const bool again = out.hard_state->term == last_.term && last_.voted_for &&
                           out.hard_state->voted_for != last_.voted_for;
        require(out.hard_state->term >= last_.term && !again,
                "one vote a term, and none goes back");
        last_ = *out.hard_state;
    }
    if (out.snapshot) applied_ = out.snapshot->index;
    check_sent(out.send_now);
    check_sent(out.send_after_persist);
    for (const Entry& entry : out.committed) {
        require(entry.index == applied_ + 1, "entries are applied in order, each once");
        applied_ = entry.index;
    }
    persisting_.push_back(out.last_persisting);
    if (!slow_disk_) settle_disk();
    check_core();
}

void Story::settle_disk() {
    for (; !persisting_.empty(); persisting_.pop_front()) {
        core_.persisted(now_, persisting_.front());
    }
}

/// Whatever was heard, what is said makes sense: others would drop it otherwise.
void Story::check_sent(const std::vector<Outgoing>& sent) const {
    for (const Outgoing& outgoing : sent) {
        require(outgoing.to && outgoing.to != options_.self, "messages go to others");
        const bool at_the_end = core_.term() >= max_term || core_.log().last_index() >= max_index;
        if (at_the_end) continue;
        require(is_sound(outgoing.message), "messages are sound");
        const wire::Frame frame{{group, IncarnationId{1, 1}, member(1), outgoing.to},
                                wire::RaftFrame{outgoing.message}};
        const auto decoded = wire::decode(wire::encode(frame), group);
        require(std::holds_alternative<wire::Frame>(decoded), "messages can be decoded");
    }
}

void Story::check_core() {
    require(core_.commit_index() >= committed_, "what is committed stays so");
    committed_ = core_.commit_index();
    require(committed_ <= core_.log().last_index(), "what is committed is held");
    require(applied_ <= committed_, "only what is committed is applied");
    require(core_.log().last_term() <= core_.term(), "no entry is of a later term");
    require(is_sound(core_.configuration()), "the configuration is sound");
    const bool leads = core_.role() == Role::leader;
    require(leads == (core_.leader() == options_.self), "who leads knows it");
    require(leads || core_.lease_until() <= base::long_ago, "only a leader has a lease");
    require(core_.next_deadline() >= base::long_ago && core_.next_deadline() <= base::never,
            "a deadline is a time");
}

/// Mostly near to `value`, where it matters; sometimes far out.
std::uint64_t Story::near(std::uint64_t value) {
    constexpr std::uint64_t far[] = {max_term, max_term + 1, UINT64_MAX, std::uint64_t{1} << 32};
    const std::uint8_t choice = input_.byte();
    if (choice >= 252) return far[choice - 252];
    return choice < 128 ? choice % 8 : value + choice % 8 - 3;
}

Nanos Story::some_time() {
    const std::uint8_t choice = input_.byte();
    if (choice == 255) return Nanos(static_cast<std::int64_t>(input_.number(8)));
    return now_.boottime - std::chrono::milliseconds(choice);
}

std::vector<MemberId> Story::some_members() {
    std::vector<MemberId> members;
    const std::uint8_t chosen = input_.byte();
    for (int i = 0; i < 8; ++i) {
        if (chosen & 1 << i) members.push_back(member(1 + static_cast<std::uint64_t>(i)));
    }
    return members;
}

Configuration Story::some_configuration() {
    Configuration configuration;
    configuration.voters = some_members();
    configuration.outgoing = some_members();
    configuration.learners = some_members();
    for (const MemberId& id : some_members()) {
        if (configuration.is_voter(id)) configuration.witnesses.push_back(id);
    }
    configuration.seats = static_cast<std::uint32_t>(1 + configuration.voters.size());
    if (configuration.joint()) configuration.outgoing_seats = 3;
    return configuration;
}

Append Story::some_append() {
    Append append;
    append.term = near(core_.term());
    append.prev_index = near(core_.log().last_index());
    append.prev_term = core_.log().term_at(append.prev_index).value_or(0);
    const std::uint8_t shape = input_.byte();
    if (shape & 64) append.prev_term = near(core_.term());
    append.commit = near(core_.log().last_index());
    if (shape & 128) append.successor_rank = static_cast<std::uint32_t>(input_.number(4));
    append.sent = some_time();
    append.commit_only = (shape & 32) != 0;
    for (Index i = 1; i <= shape % 4; ++i) {
        Entry entry;
        entry.index = append.prev_index + i;
        entry.term = near(append.term);
        const std::uint8_t kind = input_.byte();
        entry.kind = static_cast<EntryKind>(kind % 4);
        const bool withheld = entry.kind == EntryKind::application && (kind & 4) != 0;
        const bool carries =
            entry.kind == EntryKind::command || entry.kind == EntryKind::application;
        if (carries && !withheld) entry.data = Payload("x");
        if (entry.kind == EntryKind::configuration) {
            entry.configuration = std::make_shared<const Configuration>(some_configuration());
        }
        append.entries.push_back(std::move(entry));
    }
    return append;
}

InstallSnapshot Story::some_state() {
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->index = near(core_.log().last_index());
    snapshot->term = near(core_.log().last_term());
    snapshot->configuration = some_configuration();
    // Chunks of a state of 8 bytes, in any order.
    const std::uint8_t shape = input_.byte();
    const std::size_t size = shape % 8;
    snapshot->state = Payload(std::string(size, 's'));
    const Term term = near(core_.term());
    return {term, std::move(snapshot), some_time(), shape / 8 % 8u, (shape & 64) == 0};
}

Message Story::some_message() {
    const std::uint8_t kind = input_.byte();
    const bool one = kind & 8, other = kind & 16, third = kind & 32;
    switch (kind % 8) {
        case 0:
            return VoteRequest{near(core_.term()),
                               near(core_.log().last_index()),
                               near(core_.log().last_term()),
                               one,
                               other ? near(core_.term()) : 0,
                               third ? core_.leader() : MemberId{},
                               some_time()};
        case 1:
            return VoteReply{near(core_.term()), one, other,
                             static_cast<VoteRefusal>(input_.byte() % 7), some_time()};
        case 2:
        case 3:
            return AppendReply{near(core_.term()),
                               one,
                               near(core_.log().last_index()),
                               near(core_.log().last_index()),
                               near(core_.term()),
                               other,
                               third,
                               some_time()};
        case 4:
            return some_state();
        case 5:
            return TimeoutNow{near(core_.term())};
        case 6:
            return SnapshotReply{near(core_.term()), near(core_.log().snapshot()->index),
                                 near(core_.log().snapshot()->state.size()), some_time()};
        default:
            return some_append();
    }
}

}  // namespace
}  // namespace quorate::raft

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    quorate::raft::Story(data, size).tell();
    return 0;
}
