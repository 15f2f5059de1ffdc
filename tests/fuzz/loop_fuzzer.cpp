// A whole member, as GroupLoop is one, and whatever strangers may send to it: any frame, in any
// order, with clocks, probes and its component's requests in between. The frames go through the
// decoder; some are then addressed to this very life, as a stranger could who listened, and in any
// member's name.
#include "group/group_loop.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/wire/samples.h"

namespace quorate::fuzz {
namespace {

using namespace std::chrono_literals;
using base::Nanos;

constexpr int max_steps = 60;

struct HandClock final : io::Clock {
    base::Moment moment{10s, 20s};
    base::Moment now() override { return moment; }
    Nanos realtime() override { return moment.boottime + 1'700'000'000s; }
    Nanos action_time(ActionClock) override { return realtime(); }
    std::optional<Nanos> error_bound(ActionClock) override { return 1ms; }
};

/// Never wakes anybody by itself.
struct HandAlarm final : io::Alarm {
    std::vector<PollId> set_for;
    void set(io::AlarmSetting setting) override { set_for.push_back(setting.poll); }
    bool cancel(PollId poll) override { return std::erase(set_for, poll) > 0; }
};

/// Looks at what is sent, and loses it.
struct Listener final : io::Transport {
    std::vector<std::string> probed;

    void look(const Payload& bytes) const {
        const auto decoded = wire::decode(bytes, wire::group_name);
        require(std::holds_alternative<wire::Frame>(decoded), "what is sent can be decoded");
    }
    bool send(const std::string& endpoint, Payload frame) override {
        require(!endpoint.empty(), "frames go somewhere");
        look(frame);
        return true;
    }
    void close(const std::string&) override {}
    void close_others(const std::function<bool(const std::string&)>& keeps) override {
        (void)keeps("tcp://127.0.0.1:1");
    }
    void probe(const std::string& endpoint) override { probed.push_back(endpoint); }
    void announce(Payload datagram) override {
        require(datagram.size() <= 1400, "a beacon fits into a datagram");
        look(datagram);
    }
    const std::string& endpoint() const override { return endpoint_; }
    const std::string endpoint_ = "tcp://10.0.0.1:5601";
};

struct Component final : io::Mailbox {
    bool post(Event) override { return true; }
    void publish(const GroupStatus&) override {}
    void publish_lease(Nanos) override {}
    void publish_commit(std::uint64_t) override {}
    void publish_lateness(const Lateness&) override {}
};

class Story {
public:
    explicit Story(Input input)
        : input_(input),
          loop_(options(input_.byte()), clock_, network_, store_, component_, alarm_) {}
    void tell() {
        for (int i = 0; i < max_steps && !input_.empty() && !loop_.finished(); ++i) step();
    }

private:
    static group::LoopOptions options(std::uint8_t choice) {
        group::LoopOptions options;
        options.group = wire::group_name;
        options.name = "relay 1";
        options.spec = wire::spec();
        if (choice & 1) options.spec.size = 1;
        options.member.seeds = {"tcp://10.0.0.2:5601"};
        options.member.message_bytes = 100;
        options.seed = choice;
        options.compaction = {.after_entries = 3, .keep_entries = 1};
        return options;
    }

    void step();
    void wait(Nanos time);
    void hear(std::uint8_t how);
    void address(wire::Frame& frame, std::uint8_t how);
    io::Command some_request();
    io::Command some_action(RequestId request);
    void turn(std::vector<io::TransportEvent> arrived, std::vector<io::Command> commands = {}) {
        loop_.turn(arrived, commands);
        (void)loop_.status();
    }

    Input input_;
    HandClock clock_;
    Listener network_;
    io::NoStore store_;
    Component component_;
    HandAlarm alarm_;
    group::GroupLoop loop_;
};

void Story::step() {
    const std::uint8_t kind = input_.byte();
    switch (kind % 8) {
        case 0:
            return wait(loop_.next_deadline() - clock_.moment.monotonic);
        case 1:
            return wait(std::chrono::milliseconds(10 * input_.byte()));
        case 2: {
            if (network_.probed.empty()) return;
            const auto answer = static_cast<io::ProbeAnswered::Answer>(kind / 8 % 3);
            const std::string endpoint = network_.probed.back();
            network_.probed.pop_back();
            return turn({io::ProbeAnswered{endpoint, answer}});
        }
        case 3:
            return turn({io::ConnectionClosed{kind / 8 % 4u}});
        case 4:
            return turn({}, {some_request()});
        default:
            return hear(kind);
    }
}

void Story::wait(Nanos time) {
    time = std::clamp(time, Nanos{0}, Nanos(60s));
    clock_.moment.monotonic += time;
    clock_.moment.boottime += time;
    turn({});
}

void Story::hear(std::uint8_t how) {
    Payload bytes = payload_of(input_.bytes());
    auto decoded = wire::decode(bytes, wire::group_name);
    bool by_datagram = how & 128;
    if (auto* frame = std::get_if<wire::Frame>(&decoded)) {
        address(*frame, how);
        bytes = payload_of(wire::encode(*frame).view());
        by_datagram |= std::holds_alternative<wire::Beacon>(frame->body);
    }
    if (by_datagram) return turn({io::BeaconHeard{bytes}});
    turn({io::FrameArrived{bytes, how / 8 % 4u}});
}

/// To this life, from whom it names or another.
void Story::address(wire::Frame& frame, std::uint8_t how) {
    const bool to_anyone = std::holds_alternative<wire::Hello>(frame.body) ||
                           std::holds_alternative<wire::Beacon>(frame.body) ||
                           std::holds_alternative<wire::Inspect>(frame.body);
    frame.header.receiver = to_anyone ? MemberId{} : loop_.id();
    if (how & 32) frame.header.sender = MemberId{1, 70};
    if (loop_.machine() && !(how & 64)) {
        frame.header.incarnation = loop_.machine()->founding().incarnation;
    }
    if (auto* done = std::get_if<wire::FoundingDone>(&frame.body)) {
        const bool in_already = done->founding.roster.front().id == loop_.id();
        if (!in_already) done->founding.roster.front().id = loop_.id();
    }
}

io::Command Story::some_request() {
    const std::uint8_t kind = input_.byte();
    const RequestId request = kind;
    const Payload data(std::string(input_.byte(), 'x'));
    switch (kind % 8) {
        case 0:
            return io::SendToGroup{request, data};
        case 1:
            return io::SendOrdered{request, data};
        case 2:
            return io::SendToLeader{request, data};
        case 3:
            return io::SendToMember{request, kind & 8 ? MemberId{} : MemberId{1, 2}, data};
        case 4:
            return io::RequestVote{request, data.str(), Voting::majority, 1s};
        case 5:
            return io::SendVote{request, PollId{2, 1}, true};
        case 6:
            return io::TransferLeadership{request, MemberId{1, 2}};
        default:
            return some_action(request);
    }
}

io::Command Story::some_action(RequestId request) {
    const std::uint8_t kind = input_.byte();
    const Nanos now = clock_.realtime();
    switch (kind % 4) {
        case 0:
            return io::RequestAction{.request = request,
                                     .topic = "x",
                                     .timeout = 10ms,
                                     .at = now + std::chrono::milliseconds(kind),
                                     .tolerance = 5ms};
        case 1:
            if (alarm_.set_for.empty()) return io::CancelAction{request, PollId{2, 1}};
            return io::CancelAction{request, alarm_.set_for.back()};
        case 2: {
            if (alarm_.set_for.empty()) return io::CancelAction{request, PollId{2, 1}};
            const PollId poll = alarm_.set_for.back();
            alarm_.set_for.pop_back();
            return io::ActionWoke{0, poll, now, static_cast<io::ActionWoke::Found>(kind / 4 % 4)};
        }
        default:
            if (kind > 127) return io::Resize{request, kind % 8u};
            return io::LeaveGroup{request};
    }
}

}  // namespace
}  // namespace quorate::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace quorate::fuzz;
    Story(Input(data, size)).tell();
    return 0;
}
