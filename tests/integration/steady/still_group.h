// A group of three loops in one thread, on a network that loses nothing and allocates nothing that
// is counted, in a time of their own: so that what a loop does in a heartbeat is the same each
// time.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "allocations.h"
#include "group/group_loop.h"

namespace quorate::steady {

inline constexpr std::size_t members = 3;
inline constexpr base::Nanos hop = std::chrono::microseconds(100);

class StillGroup {
public:
    struct Setting {
        std::array<Role, members> roles = {Role::member, Role::member, Role::member};
        std::uint32_t max_voters = members;
        bool timed_messages = true;
    };
    StillGroup() : StillGroup(Setting{}) {}
    explicit StillGroup(const Setting& setting);

    /// Lets the group live for so long.
    void pass(base::Nanos time);
    /// This one does nothing more, and nothing reaches it.
    void stop(std::size_t member) { lives_[member]->stopped = true; }
    /// The next turn of `member` carries it out. Its outcome comes as any event.
    void ask(std::size_t member, io::Command command);
    /// Who leads; `members` if nobody does.
    std::size_t leader() const;
    /// What the turns of `member` have allocated so far.
    std::uint64_t allocated_by(std::size_t member) const { return lives_[member]->allocated; }
    /// Polls of which `member` was asked for its vote, and not yet answered.
    std::vector<PollId> take_questions(std::size_t member);
    /// The last index that its log has been cut at.
    raft::Index log_cut_at(std::size_t member) const {
        return lives_[member]->loop->raft()->log().snapshot()->index;
    }
    /// By all members.
    std::uint64_t wall_clock_readings() const { return clock_.readings; }
    /// Votes that `member` was told ended with a yes, and ordered messages that it got.
    std::size_t agreed(std::size_t member) const { return lives_[member]->mailbox.agreed; }

private:
    struct Clock final : io::Clock {
        base::Moment now() override { return {time, time}; }
        base::Nanos realtime() override {
            ++readings;
            return std::chrono::hours(24 * 365 * 50) + time;
        }
        base::Nanos action_time(ActionClock) override { return realtime(); }
        std::optional<base::Nanos> error_bound(ActionClock) override { return base::Nanos(0); }
        base::Nanos time = std::chrono::hours(1);
        std::uint64_t readings = 0;  ///< of the time of day
    };
    struct Mailbox final : io::Mailbox {
        bool post(Event event) override;
        void publish(const GroupStatus&) override {}
        void publish_lease(base::Nanos) override {}
        void publish_commit(std::uint64_t) override {}
        void publish_lateness(const Lateness&) override {}
        std::size_t agreed = 0;
        std::vector<PollId> questions;
    };
    struct Transport final : io::Transport {
        bool send(const std::string& to, Payload frame) override;
        void close(const std::string&) override {}
        void close_others(const std::function<bool(const std::string&)>&) override {}
        void probe(const std::string&) override {}
        void announce(Payload) override {}
        const std::string& endpoint() const override { return name; }
        StillGroup* group = nullptr;
        std::string name;
    };
    /// Nobody acts here.
    struct Alarm final : io::Alarm {
        void set(io::AlarmSetting) override {}
        bool cancel(PollId) override { return true; }
    };
    struct Life {
        Transport transport;
        Mailbox mailbox;
        Alarm alarm;
        io::NoStore store;
        std::unique_ptr<group::GroupLoop> loop;
        std::vector<io::TransportEvent> waiting;
        std::vector<io::TransportEvent> arrived;
        std::vector<io::Command> commands;
        base::Nanos arrives_at = base::never;
        std::uint64_t allocated = 0;
        bool stopped = false;
        base::Nanos due() const {
            return stopped ? base::never : std::min(arrives_at, loop->next_deadline());
        }
    };
    void turn(Life& life);

    Clock clock_;
    std::array<std::unique_ptr<Life>, members> lives_;
};

}  // namespace quorate::steady
